"""The operations of ``openapi.yaml``: parse the request, call, format the response."""

from uuid import UUID

from chassis.http import caller, read_only, settings
from chassis.storage import Storage

from documents import api_types, queries, schemas
from documents.rendering import pango


def list_documents(declaration: str) -> api_types.ListDocumentsAnswer:
    with read_only() as session:
        found = queries.recaps(session, caller(), UUID(declaration))
        return {"items": [schemas.document_to_json(row) for row in found], "delayed": bool(pango.missing())}


def get_document(document_id: str) -> api_types.Document:
    with read_only() as session:
        return schemas.document_to_json(queries.recap(session, caller(), UUID(document_id)))


def get_content(document_id: str) -> tuple[bytes, int, dict[str, str]]:
    with read_only() as session:
        document = queries.kept_recap(session, caller(), UUID(document_id))
    # The session is closed before the file is read: slow storage holds no database connection.
    content = Storage(settings().storage_url).get(document.storage_key)
    return content, 200, schemas.download_headers(document)


def get_lot(lot_id: str) -> api_types.LotDocument:
    with read_only() as session:
        return schemas.batch_to_json(queries.batch_recap(session, caller(), UUID(lot_id)))


def get_lot_content(lot_id: str) -> tuple[bytes, int, dict[str, str]]:
    with read_only() as session:
        document = queries.kept_batch_recap(session, caller(), UUID(lot_id))
    content = Storage(settings().storage_url).get(document.storage_key)
    return content, 200, schemas.download_headers(document)


def verify(reference: str) -> api_types.Verification:
    with read_only() as session:
        return schemas.verification_to_json(queries.by_reference(session, reference))
