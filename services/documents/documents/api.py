"""The operations of ``openapi.yaml``: parse the request, call, format the response."""

from typing import Any
from uuid import UUID

from chassis.http import caller, read_only, settings
from chassis.storage import Storage

from documents import queries, schemas


def list_documents(declaration: str) -> dict[str, Any]:
    with read_only() as session:
        found = queries.recaps(session, caller(), UUID(declaration))
        return {"items": [schemas.document_to_json(row) for row in found]}


def get_document(document_id: str) -> dict[str, Any]:
    with read_only() as session:
        return schemas.document_to_json(queries.recap(session, caller(), UUID(document_id)))


def get_content(document_id: str) -> tuple[bytes, int, dict[str, str]]:
    with read_only() as session:
        document = queries.kept_recap(session, caller(), UUID(document_id))
    # The session is closed before the file is read: slow storage holds no database connection.
    content = Storage(settings().storage_url).get(document.storage_key)
    return content, 200, schemas.download_headers(document)


def get_lot(lot_id: str) -> dict[str, Any]:
    with read_only() as session:
        return schemas.lot_to_json(queries.lot(session, caller(), UUID(lot_id)))


def get_lot_content(lot_id: str) -> tuple[bytes, int, dict[str, str]]:
    with read_only() as session:
        document = queries.kept_lot(session, caller(), UUID(lot_id))
    content = Storage(settings().storage_url).get(document.storage_key)
    return content, 200, schemas.download_headers(document)


def verify(reference: str) -> dict[str, Any]:
    with read_only() as session:
        return schemas.verification_to_json(queries.by_reference(session, reference))
