"""Validates a row: saved, unchanged, refused cell by cell, or held back because somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from chassis import clock, texts
from chassis.french.formats import short_date
from chassis.problems import FieldError, Invalid

from declaration.domain import journey
from declaration.domain.declared import STEPS, WHOLE_RENT
from declaration.domain.draft import Draft, Known
from declaration.domain.rows.columns import COLUMNS, IN_STEPS, INFORMATION, RENT, SITUATION, at
from declaration.domain.rows.errors import CellError
from declaration.domain.steps import Context

Cells = Mapping[str, str]
_WITHOUT_CELL = {
    step: {name: field for name, field in table.items() if field.cell is None} for step, table in STEPS.items()
}


class Outcome(StrEnum):
    """The outcome of a row."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RowResult:
    """`change` is what to save, for `SAVED` only; `after` is the resulting draft."""

    outcome: Outcome
    after: Draft
    change: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[CellError, ...] = ()


CHANGED_MEANWHILE = CellError(
    "",
    "changed",
    "Cette déclaration a été modifiée depuis. Comparez les deux saisies avant d’enregistrer la vôtre.",
    "la ligne telle que vous l’avez reçue en dernier",
    "dans un fichier, la ligne du fichier à corriger",
)
BY = {
    "you": "par vous-même, ailleurs",
    "organisation": "par une autre personne de votre organisme",
    "caf": "par la Caf",
}


def naming_who_saved(result: RowResult, by: str, at: datetime) -> RowResult:
    """Adds who saved meanwhile (a key of BY) and when, in Paris time; returns any other result unchanged."""
    if result.outcome is not Outcome.CHANGED:
        return result
    here = at.astimezone(clock.PARIS)
    who = f"Cette déclaration a été enregistrée depuis {BY[by]}, le {short_date(here)} à {here:%H} h {here:%M}."
    detail = f"{who} Comparez les deux saisies avant d’enregistrer la vôtre."
    return replace(result, errors=(replace(CHANGED_MEANWHILE, detail=detail),))


def filled(draft: Draft, known: Known, year: int) -> dict[str, str]:
    """Current cells: the draft, else the default values, shown so that they can be corrected."""
    stored: dict[str, Mapping[str, Any]] = {
        INFORMATION: {"confirmed": draft.information.confirmed if draft.information else None},
        SITUATION: _fields(draft.situation) or {"co_tenants": known.co_tenants},
        RENT: _fields(draft.rent)
        or {
            "share": WHOLE_RENT if known.co_tenants == 1 else None,
            "full_month": True,
            "furnished": draft.information.furnished if draft.information else known.furnished,
        },
    }
    shown = {name: column.show(stored[column.step].get(name)) for name, column in IN_STEPS.items()}
    return {**shown, **_confirmed(draft, known, year)}


def _fields(step: Any) -> dict[str, object]:
    return {} if step is None else {name: getattr(step, name) for name in step.__dataclass_fields__}


def _confirmed(draft: Draft, known: Known, year: int) -> dict[str, str]:
    asked = journey.confirmations(draft, known, year)
    reasons = {each.reason for each in asked if each.reason is not None}
    done = bool(asked) and all(each.confirmed for each in asked)
    return {
        "confirm": COLUMNS["confirm"].show(done or None),
        "reason": (reasons.pop() or "") if len(reasons) == 1 else "",
    }


def validate_row(cells: Cells, draft: Draft, known: Known, context: Context, *, current: bool) -> RowResult:
    """`cells` may omit columns, which then stay as they are. `current` is False when the draft was saved since."""
    if current and (found := tuple(_unreadable(cells))):
        return RowResult(Outcome.REFUSED, draft, errors=found)
    try:
        change = _change(cells, draft, known, context)
        after = journey.save(draft, change, known, context)
    except Invalid as refusal:
        found = (CHANGED_MEANWHILE,) if not current else tuple(map(_cell_error, refusal.errors))
        return RowResult(Outcome.REFUSED if current else Outcome.CHANGED, draft, errors=found)
    if after == draft:
        return RowResult(Outcome.UNCHANGED, draft)
    if not current:
        return RowResult(Outcome.CHANGED, draft, errors=(CHANGED_MEANWHILE,))
    return RowResult(Outcome.SAVED, after, change)


def _unreadable(cells: Cells) -> Iterator[CellError]:
    """Cells with characters that no text may hold; a reason may have several lines."""
    for name, column in COLUMNS.items():
        if sign := texts.refused(cells.get(name, "").strip(), lines=name == "reason"):
            detail = texts.sentence(sign, f"« {column.header} »")
            yield CellError(name, texts.CODE, detail, f"{column.rule}, {texts.RULE}", column.example)


def _cell_error(error: FieldError) -> CellError:
    name = at(error.pointer)
    column = COLUMNS.get(name)
    rule, example = (column.rule, column.example) if column else (error.rule, error.example)
    return CellError(name, error.code, error.detail, rule, example)


def _change(cells: Cells, draft: Draft, known: Known, context: Context) -> dict[str, object]:
    before = filled(draft, known, context.year)
    given = {**before, **{name: _typed(name, value, before) for name, value in cells.items() if name in COLUMNS}}
    started = {column.step for name, column in IN_STEPS.items() if _raw(name, given) != _raw(name, before)}
    change: dict[str, object] = {step: _step(step, given, draft, known) for step in sorted(started)}
    if (given["confirm"], given["reason"]) != (before["confirm"], before["reason"]):
        after = journey.save(draft, change, known, context)
        change["confirmations"] = _confirmations(given, before, after, known, context)
    return change


def _typed(name: str, value: str, before: Cells) -> str:
    """The current text, when the cell only writes it differently."""
    typed = value.strip()
    return before[name] if COLUMNS[name].unchanged(typed, before[name]) else typed


def _raw(name: str, given: Cells) -> Any:
    return COLUMNS[name].read(given[name]) if given[name] else None


def _step(step: str, given: Cells, draft: Draft, known: Known) -> dict[str, object]:
    """What the step's form would send; a field without a cell keeps its value."""
    saved = getattr(draft, step)
    answers = {name: _raw(name, given) for name, each in STEPS[step].items() if each.cell}
    if saved is None:
        return {**(_as_known(known) if step == INFORMATION else {}), **answers}
    for name, each in _WITHOUT_CELL[step].items():
        value = getattr(saved, name)
        # It is dropped with the answer that it depended on.
        if value is not None and not (each.follows and answers.get(each.follows.answer) is True):
            answers[name] = each.store(value)
    return answers


def _as_known(known: Known) -> dict[str, object]:
    names = ("commune_insee", "furnished", "single_room")
    start = known.lease_start.isoformat()
    return {**{name: getattr(known, name) for name in names}, "address": list(known.address), "lease_start": start}


def _confirmations(given: Cells, before: Cells, after: Draft, known: Known, context: Context) -> dict[str, str]:
    """A reason for each point to confirm. Raises Invalid for a reason or an answer without effect."""
    answer, reason = _raw("confirm", given), given["reason"]
    asked = journey.confirmations(after, known, context.year)
    if detail := _without_effect(answer, reason, asked):
        pointer = "/confirmations/reason" if answer is True else "/confirmations"
        raise Invalid([FieldError(pointer=pointer, code="confirm", detail=detail)])
    # Several points with a reason each show none in the cell: leaving it empty changes none of them.
    said = bool(reason or before["reason"])
    return {each.code.value: reason if said else each.reason or "" for each in asked} if answer is True else {}


def _without_effect(answer: Any, reason: str, asked: Sequence[journey.Confirmation]) -> str:
    if answer is True:
        return "Aucun point n’est à confirmer sur cette ligne : effacez le motif." if reason and not asked else ""
    if reason or answer not in (None, False):
        return "Répondez « oui » pour confirmer les points signalés ; un motif seul ne les confirme pas."
    if any(each.confirmed for each in asked):
        return "Les points signalés sont déjà confirmés : pour revenir dessus, changez la valeur dont ils parlent."
    return ""
