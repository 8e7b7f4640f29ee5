"""Several declarations at once, one on a row: shown with their cells, judged, saved each for itself."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis import clock, money, pagination
from chassis.auth import Caller
from chassis.http import etag
from chassis.problems import Conflict, FieldError, Invalid
from chassis.texts import full_name
from sqlalchemy import ColumnElement, and_, literal, tuple_
from sqlalchemy.orm import Session

from declaration import listing
from declaration.domain import journey
from declaration.domain.rows import cells as texts_of
from declaration.domain.rows import judging, known_columns
from declaration.domain.rows.errors import CellError
from declaration.domain.rows.judging import Cells, Outcome, Verdict
from declaration.domain.states import LABELS, Event, advance, label
from declaration.filing import case as cases
from declaration.filing import changes, views
from declaration.filing.case import Case
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
    """What is still to be declared, inside the caller's perimeter."""
    states = [state.value for state in journey.EDITABLE]
    return and_(visible(caller), RentDeclaration.state.in_(states), *listing.conditions(filters))


def page(session: Session, caller: Caller, filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """One page of rows, by tenant: saving one does not move it."""
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord).where(unfinished(caller, filters))
    if after := pagination.after(cursor, str, UUID):
        statement = statement.where(tuple_(*ORDER) > tuple_(literal(after[0]), literal(after[1], ORDER[1].type)))
    found = session.execute(statement.order_by(*ORDER).limit(limit + 1)).all()
    rows, following = pagination.page(found, limit, lambda row: (row[2].sort_key, row[0].id))
    today = clock.today()
    return {"items": [shown(cases.of_row(row, caller, today)) for row in rows], "next_cursor": following}


def shown(case: Case) -> dict[str, Any]:
    """The row as the API shows it."""
    draft, known = case.draft, case.known
    missing = journey.missing(draft, known, case.context)
    return {
        "id": str(case.row.id),
        "etag": etag(case.row.revision),
        "campaign": case.campaign.year,
        "status": case.row.state,
        "status_label": label(case.state, case.row.version),
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


def known(case: Case) -> dict[str, str]:
    """The columns by which people recognise the tenant, and by which a row is told from another's."""
    tenancy, of_caf = case.tenancy, case.known
    return {
        "tenant_number": tenancy.tenant_number,
        "tenant": full_name(tenancy.tenant_last_name, tenancy.tenant_first_name),
        "dwelling": case.dwelling.reference,
        "address": ", ".join(case.dwelling.address),
        "lease_start": texts_of.from_day(of_caf.lease_start),
        "previous_rent": texts_of.from_amount(of_caf.previous_rent),
        "previous_charges": texts_of.from_amount(of_caf.previous_charges),
    }


def judged(case: Case, cells: Cells, revision: int | None, stated: Cells) -> Verdict:
    """What the row would do. `revision` is the one that its author saw; None when nobody else can have saved since.

    `stated` is what the row says of its tenant, by the names of the known columns: another's row is refused first.
    """
    of_case = known(case)
    if errors := known_columns.of_another(stated, of_case) or known_columns.illegible(stated, of_case):
        return Verdict(Outcome.REFUSED, case.draft, errors=tuple(errors))
    verdict = _judged(case, cells, revision)
    if verdict.outcome is Outcome.UNCHANGED:
        return verdict
    if errors := known_columns.changed_since(stated, of_case):
        found = () if verdict.outcome is Outcome.SAVED else verdict.errors
        return Verdict(Outcome.REFUSED, case.draft, errors=(*errors, *found))
    return verdict


def _judged(case: Case, cells: Cells, revision: int | None) -> Verdict:
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
        rule = "une déclaration d’une campagne ouverte, avant la date de clôture"
        return CellError("", "filing_closed", refusal.detail, rule, "À déclarer")
    detail = (
        f"Cette déclaration est à l’état « {LABELS[case.state]} » : elle ne se modifie plus ainsi."
        " Ouvrez sa page pour la rectifier."
    )
    rule = "une déclaration à l’état « À déclarer » ou « Brouillon »"
    return CellError("", "not_editable", detail, rule, "Brouillon")


def save(session: Session, caller: Caller, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Saves each row for itself and says what became of it; a row refused keeps none of the others back."""
    given = {UUID(row["id"]): row for row in rows}
    found = cases.many(session, caller, given, change=True)
    return [_saved(session, found.get(identifier), row) for identifier, row in given.items()]


def _saved(session: Session, case: Case | None, row: Mapping[str, Any]) -> dict[str, Any]:
    if case is None:
        return {"id": row["id"], "outcome": Outcome.UNKNOWN.value, "errors": [asdict(UNKNOWN)], "row": None}
    current = row["etag"] == etag(case.row.revision)
    verdict = judged(case, row["cells"], case.row.revision if current else -1, _stated(row))
    if verdict.outcome is Outcome.SAVED:
        changes.save(session, case, verdict.change)
    errors = [asdict(error) for error in verdict.errors]
    return {"id": row["id"], "outcome": verdict.outcome.value, "errors": errors, "row": shown(case)}


def steps_for(case: Case, body: Mapping[str, Any]) -> dict[str, Any]:
    """The steps of a draft that states whose it is. Raises Invalid when that is not whose declaration this is."""
    errors = known_columns.of_another(_stated(body), known(case))
    errors += [] if errors else known_columns.changed_since(_stated(body), known(case))
    if errors:
        raise Invalid([_pointed(error) for error in errors])
    steps = {name: value for name, value in body.items() if name not in ("tenant", "dwelling")}
    if not steps:
        raise Invalid([FieldError(pointer="", code="step_missing", detail="Envoyez au moins une étape.")])
    return steps


_POINTERS = {"tenant_number": "/tenant/number", "tenant": "/tenant", "dwelling": "/dwelling/reference"}


def _pointed(error: CellError) -> FieldError:
    pointer = _POINTERS.get(error.column, "/dwelling/address")
    return FieldError(pointer=pointer, code=error.code, detail=error.detail, rule=error.rule, example=error.example)


def _stated(row: Mapping[str, Any]) -> dict[str, str]:
    """What the row says of its tenant, in the words of the API, as the known columns say it."""
    tenant, dwelling = row.get("tenant", {}), row.get("dwelling", {})
    return {
        "tenant_number": tenant.get("number", ""),
        "tenant": full_name(tenant.get("last_name"), tenant.get("first_name")),
        "dwelling": dwelling.get("reference", ""),
        "address": ", ".join(dwelling.get("address", ())),
        "previous_rent": row.get("previous_rent") or "",
        "previous_charges": row.get("previous_charges") or "",
    }
