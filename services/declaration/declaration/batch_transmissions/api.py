"""Batch transmission of declarations."""

from uuid import UUID

from chassis.http import landlord, read_only, transaction
from chassis.idempotency import idempotent

from declaration.api_types.many_tenants import ListLinesAnswer, ListLotsAnswer, Lot, PostLotBody
from declaration.batch_transmissions import commands, queries
from declaration.batch_transmissions.commands import RequestedLine
from declaration.listing import Filters


@idempotent
def post_lot(body: PostLotBody) -> tuple[Lot, int]:
    given = body.get("filters", {})
    filters = Filters(given.get("campaign"), None, given.get("housing_type"), given.get("zone"), given.get("q"))
    ids = [UUID(each) for each in body["ids"]] if "ids" in body else None
    with transaction() as session:
        return queries.shown(session, commands.ask(session, landlord(), RequestedLine(filters, ids))), 202


def list_lots(cursor: str | None = None, limit: int = 50) -> ListLotsAnswer:
    with read_only() as session:
        return queries.page(session, landlord(), cursor, limit)


def get_lot(lot_id: str) -> Lot:
    with read_only() as session:
        return queries.shown(session, queries.find(session, landlord(), UUID(lot_id)))


def list_lines(lot_id: str, status: str | None = None, cursor: str | None = None, limit: int = 50) -> ListLinesAnswer:
    with read_only() as session:
        return queries.lines(
            session, landlord(), queries.find(session, landlord(), UUID(lot_id)), status, cursor, limit
        )
