"""The operations of ``openapi.yaml``, for Caf agents only: parse the request, call, format the response."""

from typing import Any
from uuid import UUID

from chassis.http import agent, read_only, settings, transaction
from chassis.idempotency import idempotent

from notification import landlord_queries, printer_receipts, queries, schemas
from notification.printing.content import archive_of
from notification.settings import own

FILE_HEADERS = {"Content-Type": "application/zip", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def list_messages(limit: int = 50, cursor: str | None = None, **filters: Any) -> dict[str, object]:
    chosen = schemas.MessageFilters().load(filters)
    who = agent()
    with read_only() as session:
        return queries.messages(session, who, limit=limit, cursor=cursor, filters=chosen)


def list_landlords_to_correct(limit: int = 50, cursor: str | None = None) -> dict[str, object]:
    who = agent()
    with read_only() as session:
        return landlord_queries.to_correct(session, who, limit=limit, cursor=cursor)


def get_landlord(landlord_id: str) -> dict[str, object]:
    who = agent()
    with read_only() as session:
        return landlord_queries.landlord(session, who, UUID(landlord_id))


def list_letter_batches(limit: int = 50, cursor: str | None = None) -> dict[str, object]:
    who = agent()
    with read_only() as session:
        return queries.batches(session, who, limit=limit, cursor=cursor)


def get_letter_batch_content(batch_id: str) -> tuple[bytes, int, dict[str, str]]:
    who = agent()
    with read_only() as session:
        batch = queries.batch(session, who, UUID(batch_id))
    name = f'attachment; filename="lot-{batch.id}.zip"'
    return archive_of(batch, own(settings())), 200, {**FILE_HEADERS, "Content-Disposition": name}


@idempotent
def acknowledge_letter_batch(batch_id: str, body: dict[str, object]) -> dict[str, object]:
    receipt = schemas.ReceiptSchema().load(body)
    who = agent()
    with transaction() as session:
        batch = queries.batch(session, who, UUID(batch_id), lock=True)
        printer_receipts.acknowledge(session, who, batch, receipt)
        return queries.batch_view(batch)
