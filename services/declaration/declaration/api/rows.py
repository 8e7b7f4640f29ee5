"""Unfinished declarations on rows, for quick entry."""

from typing import Any

from chassis.http import landlord, reading, transaction

from declaration.filing import rows
from declaration.listing import Filters


def list_drafts(
    campaign: int | None = None,
    housing_type: str | None = None,
    zone: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    with reading() as session:
        return rows.page(session, landlord(), Filters(campaign, None, housing_type, zone, q), cursor, limit)


def save_drafts(body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        return {"items": rows.save(session, landlord(), body["rows"])}
