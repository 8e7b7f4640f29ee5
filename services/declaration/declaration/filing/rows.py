"""Several declarations at once, one on a row: shown with their cells, judged, saved each for itself."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis import clock, money, pagination
from chassis.auth import Caller
from chassis.http import etag
from chassis.problems import Conflict
from sqlalchemy import ColumnElement, and_, literal, tuple_
from sqlalchemy.orm import Session

from declaration import cursors, listing
from declaration.domain import journey, texts
from declaration.domain.rows import judging
from declaration.domain.rows.judging import CellError, Cells, Outcome, Verdict
from declaration.domain.states import LABELS, Event, advance
from declaration.filing import case as cases
from declaration.filing import changes, views
from declaration.filing.case import Case
from declaration.listing import Filters
from declaration.models import Campaign, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined, visible

ORDER = (Tenancy.sort_key, RentDeclaration.id)
UNKNOWN = CellError("", "unknown", "Cette déclaration est inconnue.")


def unfinished(caller: Caller, filters: Filters) -> ColumnElement[bool]:
    """What is still to be declared, inside the caller's perimeter."""
    states = [state.value for state in journey.EDITABLE]
    return and_(visible(caller), RentDeclaration.state.in_(states), *listing.conditions(filters))


def page(session: Session, caller: Caller, filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """One page of rows, by tenant: saving one does not move it."""
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord).where(unfinished(caller, filters))
    if after := pagination.decode(cursor, len(ORDER)):
        statement = statement.where(tuple_(*ORDER) > _position(after))
    found = session.execute(statement.order_by(*ORDER).limit(limit + 1)).all()
    rows, following = pagination.page(found, limit, lambda row: (row[2].sort_key, row[0].id))
    today = clock.today()
    return {"items": [shown(cases.of_row(row, caller, today)) for row in rows], "next_cursor": following}


def _position(after: list[str]) -> Any:
    return tuple_(literal(texts.folded(after[0])), literal(cursors.part(after[1], UUID), RentDeclaration.id.type))


def shown(case: Case) -> dict[str, Any]:
    """The row as the API shows it."""
    draft, known = case.draft, case.known
    missing = journey.missing(draft, known, case.context)
    return {
        "id": str(case.row.id),
        "etag": etag(case.row.revision),
        "campaign": case.campaign.year,
        "status": case.row.state,
        "status_label": LABELS[case.state],
        "tenant": {
            "number": case.tenancy.tenant_number,
            "last_name": case.tenancy.tenant_last_name,
            "first_name": case.tenancy.tenant_first_name,
        },
        "dwelling": {"reference": case.dwelling.reference, "address": case.dwelling.address},
        "landlord": {"name": case.landlord.name, "user_number": case.landlord.user_number},
        "previous_rent": _euros(known.previous_rent),
        "previous_charges": _euros(known.previous_charges),
        "cells": judging.filled(draft, known, case.campaign.year),
        "to_confirm": [each.message for each in journey.confirmations(draft, known, case.campaign.year)],
        "complete": not missing,
        "missing": [error.detail for error in missing],
        "updated_at": clock.iso(case.row.updated_at),
        "updated_by": views.author(case.caller, case.row.saved_by),
    }


def _euros(amount: Any) -> str | None:
    return None if amount is None else money.to_json(amount)


def judged(case: Case, cells: Cells, revision: int | None) -> Verdict:
    """What the row would do. `revision` is the one that its author saw; None when nobody else can have saved since."""
    verdict = judging.judge(cells, case.draft, case.known, case.context, current=revision in (None, case.row.revision))
    verdict = judging.told(verdict, views.author(case.caller, case.row.saved_by)["kind"], case.row.updated_at)
    if verdict.outcome is Outcome.UNCHANGED:
        return verdict
    try:
        advance(case.state, Event.SAVE, case.facts())
    except Conflict as refusal:
        return Verdict(Outcome.REFUSED, verdict.after, errors=(_not_editable(case, refusal),))
    return verdict


def _not_editable(case: Case, refusal: Conflict) -> CellError:
    if case.state in journey.EDITABLE:
        return CellError("", "filing_closed", refusal.detail)
    detail = (
        f"Cette déclaration est à l’état « {LABELS[case.state]} » : elle ne se modifie plus ainsi."
        " Ouvrez sa page pour la rectifier."
    )
    return CellError("", "not_editable", detail)


def save(session: Session, caller: Caller, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Saves each row for itself and says what became of it; a row refused keeps none of the others back."""
    given = {UUID(row["id"]): row for row in rows}
    found = cases.many(session, caller, given, change=True)
    return [_saved(session, found.get(identifier), row) for identifier, row in given.items()]


def _saved(session: Session, case: Case | None, row: Mapping[str, Any]) -> dict[str, Any]:
    if case is None:
        return {"id": row["id"], "outcome": Outcome.UNKNOWN.value, "errors": [asdict(UNKNOWN)], "row": None}
    current = row["etag"] == etag(case.row.revision)
    verdict = judged(case, row["cells"], case.row.revision if current else -1)
    if verdict.outcome is Outcome.SAVED:
        changes.save(session, case, verdict.change)
    errors = [asdict(error) for error in verdict.errors]
    return {"id": row["id"], "outcome": verdict.outcome.value, "errors": errors, "row": shown(case)}
