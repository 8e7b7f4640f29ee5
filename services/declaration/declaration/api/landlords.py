"""A landlord of the registry, and what moves it, for agents."""

from typing import Any
from uuid import UUID

from chassis.http import agent, reading, transaction
from chassis.idempotency import idempotent

from declaration.registry import moves


def get_landlord(landlord_id: str) -> dict[str, Any]:
    with reading() as session:
        return moves.shown(session, moves.find(session, agent(), UUID(landlord_id)))


@idempotent
def change_company(landlord_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        return moves.shown(session, moves.change_company(session, agent(), UUID(landlord_id), body))


@idempotent
def make_person(landlord_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        return moves.shown(session, moves.make_person(session, agent(), UUID(landlord_id), body))


@idempotent
def change_caf(landlord_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        landlord = moves.change_caf(session, agent(), UUID(landlord_id), body)
        return moves.shown(session, landlord)
