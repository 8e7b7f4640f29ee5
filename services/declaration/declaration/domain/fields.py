"""Fields of a declaration: one row each, with the rule and the example that people are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from chassis import money, texts
from chassis.french import postal
from chassis.french.postal import AddressProblem
from chassis.problems import FieldError

HIGHEST_AMOUNT = Decimal("99999.99")
# The law sets no maximum for a flat-share. The largest houses let on one lease have some tens of holders, and D. 842-3
# divides the rent by their number; three digits are an amount typed in the wrong column.
MOST_CO_TENANTS = 99
CO_TENANTS_RULE = f"un nombre entier de 1 à {MOST_CO_TENANTS}, le locataire compris"
# No running lease is older: an earlier year is a typing error (« 0026 »).
EARLIEST_DAY = date(1900, 1, 1)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

T = TypeVar("T")


class RefusedValueError(ValueError):
    """A value that breaks its field's rule. `code` is stable; the sentence is French."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Field(Generic[T]):
    """One field: its French name, how its raw JSON value is read, its rule and an example."""

    label: str
    read: Callable[[Any], T]
    rule: str
    example: str

    def error(self, pointer: str, code: str, detail: str) -> FieldError:
        return FieldError(pointer=pointer, code=code, detail=detail, rule=self.rule, example=self.example)


def amount(raw: Any) -> Decimal:
    """Euros from typed text, or from a stored `"412.50"`. Raises RefusedValueError."""
    try:
        value = money.parse(str(raw))
    except money.InvalidAmount:
        raise RefusedValueError("amount", "Ce montant n’est pas lisible.") from None
    if value > HIGHEST_AMOUNT:
        raise RefusedValueError("amount_too_high", "Ce montant est trop élevé.")
    return value


def day(raw: Any) -> date:
    """A calendar day from `2026-07-01`; refuses `20260701` and week dates, which Python also reads.

    Raises RefusedValueError.
    """
    text = str(raw).strip()
    try:
        found = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise RefusedValueError("date", "Cette date n’existe pas ou n’est pas lisible.")
    if found < EARLIEST_DAY:
        raise RefusedValueError("date_too_early", "Cette année est trop ancienne : vérifiez ses quatre chiffres.")
    return found


def flag(raw: Any) -> bool:
    """Raises RefusedValueError unless the value is a JSON boolean."""
    if not isinstance(raw, bool):
        raise RefusedValueError("flag", "Répondez par oui ou par non.")
    return raw


def co_tenants(raw: Any) -> int:
    """The number of holders of the lease, the tenant included. Raises RefusedValueError."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MOST_CO_TENANTS:
        raise RefusedValueError("co_tenants", "Ce nombre de colocataires n’est pas possible.")
    return raw


def address(raw: Any) -> tuple[str, ...]:
    """The non-empty lines of a postal address (NF Z10-011). Raises RefusedValueError."""
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise RefusedValueError("address", "L’adresse doit être donnée ligne par ligne.")
    if sign := next(filter(None, (texts.refused(str(line)) for line in raw)), None):
        raise RefusedValueError("address_characters", texts.sentence(sign, "L’adresse"))
    lines = tuple(line for each in raw if (line := postal.tidy(str(each))))
    if not 1 <= len(lines) <= postal.MAX_LINES:
        raise RefusedValueError("address_lines", f"L’adresse doit avoir de 1 à {postal.MAX_LINES} lignes.")
    for rank, line in enumerate(lines, 1):
        if problem := postal.line_problem(line):
            code, sentence = _LINE_PROBLEMS[problem]
            raise RefusedValueError(code, sentence.format(rank=rank))
    return lines


_LINE_PROBLEMS = {
    AddressProblem.UNPRINTABLE: (
        "address_characters",
        "La ligne {rank} de l’adresse contient un caractère qui ne s’imprime pas : écrivez-la en lettres de l’alphabet"
        " latin.",
    ),
    AddressProblem.NOTHING_WRITTEN: ("address_line_empty", "La ligne {rank} de l’adresse n’a ni lettre ni chiffre."),
    AddressProblem.LINE_TOO_LONG: (
        "address_line_length",
        f"La ligne {{rank}} de l’adresse dépasse {postal.MAX_CHARACTERS} caractères.",
    ),
}


def one_of(*values: str) -> Callable[[Any], str]:
    """A reader that accepts these words only."""

    def read(raw: Any) -> str:
        if raw not in values:
            raise RefusedValueError("choice", "Choisissez une des réponses proposées.")
        return str(raw)

    return read


YES_NO = "oui ou non"
DAY = "une date au format AAAA-MM-JJ"
ADDRESS_RULE = f"de 1 à {postal.MAX_LINES} lignes de {postal.MAX_CHARACTERS} caractères au plus, en lettres latines"
ADDRESS_EXAMPLE = "2 RUE GINA PANE / 35000 RENNES"


class Reader:
    """Reads the fields of one step and collects all errors, each with its JSON pointer."""

    def __init__(self, step: str, table: Mapping[str, Field[Any]], raw: Mapping[str, Any]) -> None:
        self._step = step
        self._table = table
        self._raw = raw
        self.errors: list[FieldError] = []

    def optional(self, name: str) -> Any:
        """The value, or None when it is absent, empty or refused."""
        raw = self._raw.get(name)
        if raw is None or raw == "" or raw == []:
            return None
        try:
            return self._table[name].read(raw)
        except RefusedValueError as refusal:
            self.refuse(name, refusal.code, refusal.detail)
            return None

    def required(self, name: str) -> Any:
        """The value, or None with an error."""
        raw = self._raw.get(name)
        if raw is None or raw == "" or raw == []:
            self.refuse(name, "required", f"Indiquez {self._table[name].label}.")
        return self.optional(name)

    def refuse(self, name: str, code: str, detail: str) -> None:
        """Adds an error on the field."""
        self.errors.append(self._table[name].error(f"/{self._step}/{name}", code, detail))
