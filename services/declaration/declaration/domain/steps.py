"""Reads the three steps a landlord fills: each field by its kind, then what the answers say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.problems import FieldError

from declaration.domain import july
from declaration.domain.declared import INFORMATION, RENT, SITUATION
from declaration.domain.draft import TABLES, Information, Rent, Situation, Step
from declaration.domain.fields import Declared, Follows
from declaration.domain.readers import RefusedValueError


@dataclass(frozen=True, slots=True)
class Context:
    """Context of a declaration: the campaign's year and the current French day."""

    year: int
    today: date


class Reader:
    """Reads the fields of one step and collects all errors, each with its JSON pointer."""

    def __init__(self, step: str, table: Mapping[str, Declared[Any]], raw: Mapping[str, Any]) -> None:
        self._step = step
        self._table = table
        self._raw = raw
        self.errors: list[FieldError] = []

    # A value has the type that its field reads, which is the table's to say.
    def values(self) -> dict[str, Any]:
        """By field; None when it is absent, empty or refused."""
        found: dict[str, Any] = {}
        for name, field in self._table.items():
            if field.follows is None:
                found[name] = self._value(name, field, field.required)
            else:
                found[name] = self._following(name, field, field.follows, found[field.follows.answer])
        return found

    def _value(self, name: str, field: Declared[Any], required: bool) -> Any:
        raw = self._raw.get(name)
        if raw is None or raw == "" or raw == []:
            if required:
                self.refuse(name, "required", f"Indiquez {field.asked}.")
            return None
        try:
            return field.read(raw)
        except RefusedValueError as refusal:
            self.refuse(name, refusal.code, refusal.detail)
            return None

    def _following(self, name: str, field: Declared[Any], follows: Follows, answer: bool | None) -> Any:
        """It is read beside « oui » too, so that nothing is dropped silently."""
        value = self._value(name, field, required=answer is False and not field.optional)
        # A debt of zero does not contradict « oui ».
        if answer is True and value:
            self.refuse(name, "contradicts", follows.refused)
        return value if answer is False else None

    def refuse(self, name: str, code: str, detail: str) -> None:
        """Adds an error on the field."""
        self.errors.append(self._table[name].refusal(f"/{self._step}/{name}", code, detail))


def information(raw: Mapping[str, Any], context: Context) -> tuple[Information | None, list[FieldError]]:
    """Step 1, or None with all its errors."""
    reader = Reader("information", INFORMATION, raw)
    values = reader.values()
    start = values["lease_start"]
    if start and start > july.last_day(context.year):
        reader.refuse(
            "lease_start",
            "entered_after_july",
            f"Un locataire entré après le 31 juillet {context.year} n’a pas de loyer de juillet à déclarer."
            " Si cette date est la bonne, appelez votre Caf.",
        )
    return (None, reader.errors) if reader.errors else (Information(**values), [])


def situation(raw: Mapping[str, Any], context: Context, lease_start: date) -> tuple[Situation | None, list[FieldError]]:
    """Step 2, or None with all its errors."""
    reader = Reader("situation", SITUATION, raw)
    values = reader.values()
    _between(reader, "left_on", values["left_on"], lease_start, context.today)
    _between(reader, "first_default_on", values["first_default_on"], lease_start, context.today)
    if values["arrears_amount"] == 0:
        reader.refuse("arrears_amount", "arrears_zero", "Une dette de 0 € n’en est pas une : indiquez son montant.")
    return (None, reader.errors) if reader.errors else (Situation(**values), [])


def _between(reader: Reader, name: str, day: date | None, lease_start: date, today: date) -> None:
    if day is None:
        return
    if day < lease_start:
        reader.refuse(name, f"{name}_before_entry", "Cette date est antérieure à l’entrée dans le logement.")
    if day > today:
        reader.refuse(name, f"{name}_in_future", "Cette date n’est pas encore passée.")


def rent(raw: Mapping[str, Any]) -> tuple[Rent | None, list[FieldError]]:
    """Step 3, or None with all its errors."""
    reader = Reader("rent", RENT, raw)
    values = reader.values()
    return (None, reader.errors) if reader.errors else (Rent(**values), [])


def unanswered(name: str, step: Step | None) -> list[FieldError]:
    """Required fields without an answer in a saved step: it was saved before they existed."""
    if step is None:
        return []
    return [
        field.refusal(f"/{name}/{each}", "required", f"Indiquez {field.asked}.")
        for each, field in TABLES[type(step)].items()
        if field.required and getattr(step, each) is None
    ]
