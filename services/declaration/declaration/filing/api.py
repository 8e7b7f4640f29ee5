"""The landlord's journey; agents of the Caf read it, and type paper attestations elsewhere (`paper`)."""

from typing import Any
from uuid import UUID

from chassis.http import caller, landlord, read_only, require_match, runtime, transaction
from chassis.idempotency import idempotent
from flask import Response

from declaration.api_types.declarations import (
    AmendBody,
    DeclarationPage,
    DraftChange,
    History,
    ListFieldsAnswer,
    ListRemainingAnswer,
    Transmission,
)
from declaration.api_types.shared import Declaration
from declaration.filing import commands as filing_commands
from declaration.filing import declared_fields, history, loading, queries
from declaration.filing.same_tenant import steps_for
from declaration.listing import export, pages, remaining
from declaration.listing.filters import of_query as filters_of

Answer = tuple[Declaration, int, dict[str, str]]


def list_declarations(
    sort: str | None = None, cursor: str | None = None, limit: int = 50, **filters: Any
) -> DeclarationPage:
    with read_only() as session:
        return pages.page(session, caller(), filters_of(filters), sort, cursor, limit)


def list_remaining() -> ListRemainingAnswer:
    with read_only() as session:
        return {"items": remaining.of(session, caller())}


def list_fields() -> ListFieldsAnswer:
    return {"items": declared_fields.shown()}


def export_declarations(format: str = "csv", sort: str | None = None, **filters: Any) -> Response:
    return export.answer(runtime(), caller(), filters_of(filters), sort, format)


def get_declaration(declaration_id: str) -> Answer:
    body, headers = queries.read(runtime(), caller(), UUID(declaration_id))
    return body, 200, headers


def get_history(declaration_id: str) -> tuple[History, int, dict[str, str]]:
    with read_only() as session:
        found = loading.find(session, caller(), UUID(declaration_id))
        return history.shown(session, found), 200, {"Cache-Control": "no-store"}


def save_draft(declaration_id: str, body: DraftChange) -> Answer:
    with transaction() as session:
        found = loading.find(session, landlord(), UUID(declaration_id), change=True)
        require_match(found.row.revision)
        filing_commands.save(session, found, steps_for(found, body))
        shown, headers = queries.shown(session, found)
        return shown, 200, headers


@idempotent
def transmit(declaration_id: str) -> tuple[Transmission, int]:
    with transaction() as session:
        found = loading.find(session, landlord(), UUID(declaration_id), change=True)
        require_match(found.row.revision)
        return queries.transmission(filing_commands.transmit(session, found)), 201


@idempotent
def abandon(declaration_id: str) -> Answer:
    with transaction() as session:
        found = loading.find(session, landlord(), UUID(declaration_id), change=True)
        require_match(found.row.revision)
        filing_commands.abandon(session, found)
        shown, headers = queries.shown(session, found)
        return shown, 200, headers


@idempotent
def amend(declaration_id: str, body: AmendBody) -> Answer:
    with transaction() as session:
        found = loading.find(session, landlord(), UUID(declaration_id), change=True)
        filing_commands.amend(session, found, body["reason"])
        shown, headers = queries.shown(session, found)
        return shown, 201, headers
