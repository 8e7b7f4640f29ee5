"""Several declarations at once, one per row: shown with their cells, validated, each saved independently."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.french import money
from chassis.http import etag
from chassis.problems import Conflict
from sqlalchemy import ColumnElement, and_, literal, tuple_
from sqlalchemy.orm import Session

from declaration import listing
from declaration.api_types.many_tenants import CellError as ShownError
from declaration.api_types.many_tenants import Cells as ShownCells
from declaration.api_types.many_tenants import DraftRow, ListDraftsAnswer, SaveDraftsAnswerItem, SaveDraftsBodyRow
from declaration.domain import journey
from declaration.domain.rows import known_columns, row_validation
from declaration.domain.rows.errors import CellError
from declaration.domain.rows.row_validation import Cells, Outcome, RowResult
from declaration.domain.states import LABELS, Trigger, advance, label
from declaration.filing import commands, loading, queries
from declaration.filing.loading import LoadedDeclaration
from declaration.filing.same_tenant import known_tenant, stated_tenant
from declaration.listing import Filters
from declaration.models import Campaign, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined, visible

ORDER = (Tenancy.sort_key, RentDeclaration.id)
UNKNOWN = CellError(
    "",
    "unknown",
    "Cette déclaration est inconnue.",
    "une ligne que vous avez reçue, avec son repère, d’un logement auquel vous avez accès",
    "01973f50-0000-7000-8000-00000000000c/3",
)


def unfinished(caller: Caller, filters: Filters) -> ColumnElement[bool]:
    """Declarations still to complete, inside the caller's perimeter."""
    states = [state.value for state in journey.EDITABLE]
    return and_(visible(caller), RentDeclaration.state.in_(states), *listing.conditions(filters))


def page(session: Session, caller: Caller, filters: Filters, cursor: str | None, limit: int) -> ListDraftsAnswer:
    """One page of rows, sorted by tenant: saving a row does not move it."""
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord).where(unfinished(caller, filters))
    if after := pagination.after(cursor, str, UUID):
        statement = statement.where(tuple_(*ORDER) > tuple_(literal(after[0]), literal(after[1], ORDER[1].type)))
    found = session.execute(statement.order_by(*ORDER).limit(limit + 1)).all()
    rows, following = pagination.page(found, limit, lambda row: (row[2].sort_key, row[0].id))
    today = clock.today()
    return {"items": [shown(loading.of_row(row, caller, today)) for row in rows], "next_cursor": following}


def shown(loaded: LoadedDeclaration) -> DraftRow:
    draft, known = loaded.draft, loaded.known
    missing = journey.missing(draft, known, loaded.context)
    return {
        "id": str(loaded.row.id),
        "etag": etag(loaded.row.revision),
        "campaign": loaded.campaign.year,
        "status": loaded.row.state,
        "status_label": label(loaded.state, loaded.row.version),
        "tenant": {
            "number": loaded.tenancy.tenant_number,
            "last_name": loaded.tenancy.tenant_last_name,
            "first_name": loaded.tenancy.tenant_first_name,
        },
        "dwelling": {"reference": loaded.dwelling.reference, "address": loaded.dwelling.address},
        "landlord": {"name": loaded.landlord.name, "user_number": loaded.landlord.user_number},
        "previous_rent": _euros(known.previous_rent),
        "previous_charges": _euros(known.previous_charges),
        # One cell per column of the table of columns, which a type does not follow.
        "cells": cast(ShownCells, row_validation.filled(draft, known, loaded.campaign.year)),
        "to_confirm": [each.message for each in journey.confirmations(draft, known, loaded.campaign.year)],
        "complete": not missing,
        "missing": [error.detail for error in missing],
        "updated_at": clock.iso(loaded.row.updated_at),
        "updated_by": queries.author(loaded.caller, loaded.row.saved_by),
    }


def shown_error(error: CellError) -> ShownError:
    """As a row of the API and a line of a file say it."""
    return {
        "column": error.column,
        "code": error.code,
        "detail": error.detail,
        "rule": error.rule,
        "example": error.example,
    }


def _euros(amount: Any) -> str | None:
    return None if amount is None else money.to_json(amount)


def validated(loaded: LoadedDeclaration, cells: Cells, revision: int | None, stated: Cells) -> RowResult:
    """What the row would do. `revision`: the one its author saw; None when nobody else can have saved since.

    `stated`: what the row says of its tenant, by known column: a row of another tenant is refused first.
    """
    known_values = known_tenant(loaded)
    if errors := known_columns.of_another(stated, known_values) or known_columns.illegible(stated, known_values):
        return RowResult(Outcome.REFUSED, loaded.draft, errors=tuple(errors))
    result = _validated(loaded, cells, revision)
    if result.outcome is Outcome.UNCHANGED:
        return result
    if errors := known_columns.changed_since(stated, known_values):
        found = () if result.outcome is Outcome.SAVED else result.errors
        return RowResult(Outcome.REFUSED, loaded.draft, errors=(*errors, *found))
    return result


def _validated(loaded: LoadedDeclaration, cells: Cells, revision: int | None) -> RowResult:
    result = row_validation.validate_row(
        cells, loaded.draft, loaded.known, loaded.context, current=revision in (None, loaded.row.revision)
    )
    result = row_validation.naming_who_saved(
        result, queries.author(loaded.caller, loaded.row.saved_by)["kind"], loaded.row.updated_at
    )
    if result.outcome is Outcome.UNCHANGED:
        return result
    try:
        advance(loaded.state, Trigger.SAVE, loaded.facts())
    except Conflict as refusal:
        return RowResult(Outcome.REFUSED, result.after, errors=(_not_editable(loaded, refusal),))
    return result


def _not_editable(loaded: LoadedDeclaration, refusal: Conflict) -> CellError:
    if loaded.state in journey.EDITABLE:
        rule = "une déclaration d’une campagne ouverte, avant la date de clôture"
        return CellError("", "filing_closed", refusal.detail, rule, "À déclarer")
    detail = (
        f"Cette déclaration est à l’état « {LABELS[loaded.state]} » : elle ne se modifie plus ainsi."
        " Ouvrez sa page pour la rectifier."
    )
    rule = "une déclaration à l’état « À déclarer » ou « Brouillon »"
    return CellError("", "not_editable", detail, rule, "Brouillon")


def save(session: Session, caller: Caller, rows: Iterable[SaveDraftsBodyRow]) -> list[SaveDraftsAnswerItem]:
    """Saves each row independently and returns its outcome; a refused row does not block the others."""
    given = {UUID(row["id"]): row for row in rows}
    found = loading.many(session, caller, given, change=True)
    return [_saved(session, found.get(identifier), row) for identifier, row in given.items()]


def _saved(session: Session, loaded: LoadedDeclaration | None, row: SaveDraftsBodyRow) -> SaveDraftsAnswerItem:
    if loaded is None:
        return {"id": row["id"], "outcome": Outcome.UNKNOWN.value, "errors": [shown_error(UNKNOWN)], "row": None}
    current = row["etag"] == etag(loaded.row.revision)
    cells = {name: str(text) for name, text in row["cells"].items()}
    result = validated(loaded, cells, loaded.row.revision if current else -1, stated_tenant(row))
    if result.outcome is Outcome.SAVED:
        commands.save(session, loaded, result.change)
    errors = [shown_error(error) for error in result.errors]
    return {"id": row["id"], "outcome": result.outcome.value, "errors": errors, "row": shown(loaded)}
