"""Opening the campaigns of all Cafs, for supervisors."""

from typing import Any
from uuid import UUID

from chassis.http import agent, read_only, transaction
from chassis.idempotency import idempotent

from declaration.campaigns.nationwide import commands, queries


@idempotent
def open_all(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    with transaction() as session:
        return queries.shown(session, commands.ask(session, agent(), body["year"])), 202


def list_openings() -> dict[str, Any]:
    with read_only() as session:
        return {"items": queries.listed(session, agent())}


def get_opening(opening_id: str) -> dict[str, Any]:
    with read_only() as session:
        return queries.shown(session, queries.find(session, agent(), UUID(opening_id)))
