"""Unfinished declarations on rows, for quick entry."""

from chassis.http import landlord, read_only, transaction

from declaration.api_types.many_tenants import ListDraftsAnswer, SaveDraftsAnswer, SaveDraftsBody
from declaration.grid import commands
from declaration.listing import Filters


def list_drafts(
    campaign: int | None = None,
    housing_type: str | None = None,
    zone: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> ListDraftsAnswer:
    with read_only() as session:
        return commands.page(session, landlord(), Filters(campaign, None, housing_type, zone, q), cursor, limit)


def save_drafts(body: SaveDraftsBody) -> SaveDraftsAnswer:
    with transaction() as session:
        return {"items": commands.save(session, landlord(), body["rows"])}
