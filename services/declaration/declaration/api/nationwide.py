"""Opening the campaigns of all Cafs, for supervisors."""

from typing import Any
from uuid import UUID

from chassis.http import agent, reading, transaction
from chassis.idempotency import idempotent

from declaration.nationwide import requesting, views


@idempotent
def open_all(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    with transaction() as session:
        return views.shown(session, requesting.ask(session, agent(), body["year"])), 202


def list_openings() -> dict[str, Any]:
    with reading() as session:
        return {"items": views.listed(session, agent())}


def get_opening(opening_id: str) -> dict[str, Any]:
    with reading() as session:
        return views.shown(session, views.find(session, agent(), UUID(opening_id)))
