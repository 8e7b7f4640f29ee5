"""Unfinished declarations on rows, for quick entry."""

from typing import Any

from chassis.http import landlord, read_only, transaction

from declaration.grid import commands
from declaration.listing import Filters


def list_drafts(
    campaign: int | None = None,
    housing_type: str | None = None,
    zone: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    with read_only() as session:
        return commands.page(session, landlord(), Filters(campaign, None, housing_type, zone, q), cursor, limit)


def save_drafts(body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        return {"items": commands.save(session, landlord(), body["rows"])}
