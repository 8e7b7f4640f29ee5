"""Compares two drafts or versions of a declaration: one row per differing field, in French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from chassis.french.formats import euros, short_date

from declaration.domain import communes
from declaration.domain.checks import TO_CONFIRM
from declaration.domain.declared import STEPS
from declaration.domain.draft import StoredDraft
from declaration.domain.fields import Amount, Choice, Commune, Day, Declared, Flag, Plain

NOTHING = "–"


class Difference(TypedDict):
    """`field` is `rent/charges`."""

    field: str
    label: str
    before: str
    after: str


StoredForm = StoredDraft | Mapping[str, Any]


def differences(before: StoredForm, after: StoredForm) -> list[Difference]:
    """One per field that differs. Both are stored forms of drafts; a field that one of them is too old for is empty."""
    found = [
        _row(f"{step}/{name}", field.label, words(field, before_step.get(name)), words(field, after_step.get(name)))
        for step, table in STEPS.items()
        for before_step, after_step in [(_step(before, step), _step(after, step))]
        for name, field in table.items()
        if field.label
    ]
    found += [
        _row(
            f"confirmations/{code}",
            f"{point.label} (point à confirmer)",
            _confirmed(before, code),
            _confirmed(after, code),
        )
        for code, point in TO_CONFIRM.items()
    ]
    return [row for row in found if row["before"] != row["after"]]


def _row(field: str, label: str, before: str, after: str) -> Difference:
    return {"field": field, "label": label, "before": before, "after": after}


def _step(draft: Mapping[str, Any], step: str) -> Mapping[str, Plain]:
    return draft.get(step) or {}


def _confirmed(draft: Mapping[str, Any], code: str) -> str:
    reason = (draft.get("confirmations") or {}).get(code)
    if reason is None:
        return NOTHING
    return f"confirmé : {reason}" if reason else "confirmé"


def words(field: Declared[Any], stored: Plain) -> str:
    """A stored value for people."""
    if stored is None or stored == []:
        return NOTHING
    value = field.restore(stored)
    match field:
        case Flag():
            return "oui" if value else "non"
        case Amount():
            return euros(value)
        case Day():
            return short_date(value)
        case Commune():
            return communes.label(value)
        case Choice():
            return field.options[value].words if value in field.options else str(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
