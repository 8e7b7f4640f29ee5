"""Opening the campaigns of all Cafs, for supervisors."""

from uuid import UUID

from chassis.http import agent, read_only, transaction
from chassis.idempotency import idempotent

from declaration.api_types.campaigns import ListOpeningsAnswer, NationalOpening, OpenAllBody
from declaration.campaigns.nationwide import commands, queries


@idempotent
def open_all(body: OpenAllBody) -> tuple[NationalOpening, int]:
    with transaction() as session:
        return queries.shown(session, commands.ask(session, agent(), body["year"])), 202


def list_openings() -> ListOpeningsAnswer:
    with read_only() as session:
        return {"items": queries.listed(session, agent())}


def get_opening(opening_id: str) -> NationalOpening:
    with read_only() as session:
        return queries.shown(session, queries.find(session, agent(), UUID(opening_id)))
