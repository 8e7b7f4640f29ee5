"""Columns of a row: which step and field each one fills, how it is read and shown, its rule and an example."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chassis import money

from declaration.domain import fields
from declaration.domain.rows import cells, same

INFORMATION, SITUATION, RENT, CONFIRMATIONS = "information", "situation", "rent", "confirmations"


@dataclass(frozen=True, slots=True)
class Column:
    """`header`: the title in a file's first line; `read` gives the raw value of the step, `show` its text."""

    header: str
    step: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    rule: str
    example: str
    # How spreadsheets rewrite a value that nobody changed.
    same: Callable[[str, str], bool] = operator.eq

    def unchanged(self, typed: str, stands: str) -> bool:
        """Whether both texts mean the same."""
        return self.read(typed) == self.read(stands) or self.same(typed, stands)


_DAY = "une date au format JJ/MM/AAAA"
_YES_NO = "oui ou non"

COLUMNS: dict[str, Column] = {
    "confirmed": Column(
        "Informations exactes",
        INFORMATION,
        cells.yes_or_no,
        cells.from_flag,
        "oui si l’adresse, l’entrée et le logement sont exacts ; sinon corrigez-les sur la page du locataire",
        "oui",
    ),
    "present": Column("Toujours locataire", SITUATION, cells.yes_or_no, cells.from_flag, _YES_NO, "oui"),
    "left_on": Column("Date de départ", SITUATION, cells.day, cells.from_day, _DAY, "15/07/2026", same.day),
    "co_tenants": Column(
        "Titulaires du bail",
        SITUATION,
        cells.number,
        cells.from_number,
        fields.CO_TENANTS_RULE,
        "2",
    ),
    "rent_up_to_date": Column("Loyer à jour", SITUATION, cells.yes_or_no, cells.from_flag, _YES_NO, "oui"),
    "arrears_amount": Column(
        "Montant de la dette", SITUATION, cells.text, cells.from_amount, money.RULE, "650,00", same.amount
    ),
    "first_default_on": Column("Premier impayé", SITUATION, cells.day, cells.from_day, _DAY, "05/05/2026", same.day),
    "rent": Column(
        "Loyer de juillet hors charges", RENT, cells.text, cells.from_amount, money.RULE, money.EXAMPLE, same.amount
    ),
    "charges": Column("Charges de juillet", RENT, cells.text, cells.from_amount, money.RULE, "38,00", same.amount),
    "share": Column(
        "Entier ou part",
        RENT,
        cells.share,
        cells.from_share,
        "« entier » pour le loyer du logement, « part » pour celle de ce locataire",
        "entier",
    ),
    "full_month": Column("Mois complet", RENT, cells.yes_or_no, cells.from_flag, _YES_NO, "oui"),
    "furnished": Column("Loué meublé", RENT, cells.yes_or_no, cells.from_flag, _YES_NO, "non"),
    "confirm": Column(
        "Je confirme",
        CONFIRMATIONS,
        cells.yes_or_no,
        cells.from_flag,
        "oui pour confirmer tous les points signalés sur cette ligne",
        "oui",
    ),
    "reason": Column(
        "Motif",
        CONFIRMATIONS,
        cells.text,
        cells.text,
        "un texte de 500 caractères au plus",
        "Loyer révisé au 1er juillet selon l’IRL",
    ),
}
IN_STEPS = {name: column for name, column in COLUMNS.items() if column.step != CONFIRMATIONS}


def at(pointer: str) -> str:
    """The column of a step's error; empty for an error on the whole row."""
    step, _, field = pointer.strip("/").partition("/")
    if step == CONFIRMATIONS:
        return "reason" if field else "confirm"
    if step == INFORMATION and field != "confirmed":
        return ""
    return field if field in COLUMNS else ""
