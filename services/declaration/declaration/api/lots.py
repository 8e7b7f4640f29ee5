"""Transmission of many declarations at once."""

from typing import Any
from uuid import UUID

from chassis.http import landlord, reading, transaction
from chassis.idempotency import idempotent

from declaration.listing import Filters
from declaration.lots import requesting, views
from declaration.lots.requesting import Wanted


@idempotent
def post_lot(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    given = body.get("filters", {})
    filters = Filters(given.get("campaign"), None, given.get("housing_type"), given.get("zone"), given.get("q"))
    ids = [UUID(each) for each in body["ids"]] if "ids" in body else None
    with transaction() as session:
        return views.shown(session, requesting.ask(session, landlord(), Wanted(filters, ids))), 202


def list_lots(cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    with reading() as session:
        return views.page(session, landlord(), cursor, limit)


def get_lot(lot_id: str) -> dict[str, Any]:
    with reading() as session:
        return views.shown(session, views.find(session, landlord(), UUID(lot_id)))


def list_lines(lot_id: str, status: str | None = None, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    with reading() as session:
        return views.lines(session, landlord(), views.find(session, landlord(), UUID(lot_id)), status, cursor, limit)
