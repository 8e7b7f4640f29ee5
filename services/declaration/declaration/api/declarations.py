"""The landlord's journey; agents of the Caf read it, and type what came on paper apart."""

from typing import Any
from uuid import UUID

from chassis.http import caller, landlord, reading, require_match, runtime, transaction
from chassis.idempotency import idempotent
from flask import Response

from declaration.filing import case, changes, history, rows, views
from declaration.listing import export, pages, remaining
from declaration.listing.filters import of_query as filters_of

Answer = tuple[dict[str, Any], int, dict[str, str]]


def list_declarations(
    sort: str | None = None, cursor: str | None = None, limit: int = 50, **filters: Any
) -> dict[str, Any]:
    with reading() as session:
        return pages.page(session, caller(), filters_of(filters), sort, cursor, limit)


def list_remaining() -> dict[str, Any]:
    with reading() as session:
        return {"items": remaining.of(session, caller())}


def export_declarations(format: str = "csv", sort: str | None = None, **filters: Any) -> Response:
    return export.answer(runtime(), caller(), filters_of(filters), sort, format)


def get_declaration(declaration_id: str) -> Answer:
    with reading() as session:
        body, headers = views.shown(session, case.find(session, caller(), UUID(declaration_id)))
        return body, 200, headers


def get_history(declaration_id: str) -> Answer:
    with reading() as session:
        found = case.find(session, caller(), UUID(declaration_id))
        return history.shown(session, found), 200, {"Cache-Control": "no-store"}


def save_draft(declaration_id: str, body: dict[str, Any]) -> Answer:
    with transaction() as session:
        found = case.find(session, landlord(), UUID(declaration_id), change=True)
        require_match(found.row.revision)
        changes.save(session, found, rows.steps_for(found, body))
        shown, headers = views.shown(session, found)
        return shown, 200, headers


@idempotent
def transmit(declaration_id: str) -> tuple[dict[str, Any], int]:
    with transaction() as session:
        found = case.find(session, landlord(), UUID(declaration_id), change=True)
        require_match(found.row.revision)
        return views.transmission(changes.transmit(session, found)), 201


@idempotent
def abandon(declaration_id: str) -> Answer:
    with transaction() as session:
        found = case.find(session, landlord(), UUID(declaration_id), change=True)
        require_match(found.row.revision)
        changes.abandon(session, found)
        shown, headers = views.shown(session, found)
        return shown, 200, headers


@idempotent
def amend(declaration_id: str, body: dict[str, Any]) -> Answer:
    with transaction() as session:
        found = case.find(session, landlord(), UUID(declaration_id), change=True)
        changes.amend(session, found, body["reason"])
        shown, headers = views.shown(session, found)
        return shown, 201, headers
