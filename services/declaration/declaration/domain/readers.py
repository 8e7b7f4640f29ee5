"""Reads raw JSON values: what each kind of value may be, and the French sentence that refuses anything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from chassis import texts
from chassis.french import money, postal
from chassis.french.postal import AddressProblem
from marshmallow import ValidationError

from declaration.domain import communes

HIGHEST_AMOUNT = Decimal("99999.99")
# The law sets no maximum for a flat-share. The largest houses let on one lease have some tens of holders, and D. 842-3
# divides the rent by their number; three digits are an amount typed in the wrong column.
MOST_CO_TENANTS = 99
# No running lease is older: an earlier year is a typing error (« 0026 »).
EARLIEST_DAY = date(1900, 1, 1)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

# Enough to show the choice; a dozen communes are called Sainte-Colombe.
MOST_NAMESAKES = 4


class RefusedValueError(ValidationError):
    """A value that breaks its field's rule. `code` is stable; the sentence is French."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


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


def commune(raw: Any) -> str:
    """
    The official commune code, from itself or from a name; includes the arrondissements of Paris, Lyon and Marseille.

    Raises RefusedValueError for an unknown commune, and for a name that several communes share.
    """
    found = communes.codes(str(raw))
    if not found:
        detail = "La liste officielle des communes n’a ni ce nom ni ce code Insee (un code postal n’en est pas un)."
        raise RefusedValueError("commune", detail)
    if len(found) > 1:
        several = ", ".join(communes.label(code) for code in found[:MOST_NAMESAKES])
        detail = f"Plusieurs communes portent ce nom\u00a0: précisez le département. Par exemple {several}."
        raise RefusedValueError("commune_ambiguous", detail)
    return found[0]
