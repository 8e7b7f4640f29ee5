"""The registry file's columns: one row each, with its reader, when it is mandatory, its rule and an example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.french import postal
from chassis.french.housing import HOUSING_TYPES

from declaration.domain.registry import plain, values

LEGAL_PERSON = "legal_person"
NATURAL_PERSON = "natural_person"
BENEFIT_KINDS = ("APL", "ALF", "ALS")

Row = Mapping[str, str]
When = Callable[[Row], bool]


def always(_row: Row) -> bool:
    return True


def never(_row: Row) -> bool:
    return False


def may_be_empty(_row: Row) -> bool:
    """The column is required, but its value may be empty: some people have one name only."""
    return False


def legal_person(row: Row) -> bool:
    return row.get("landlord_kind") == LEGAL_PERSON


def natural_person(row: Row) -> bool:
    return row.get("landlord_kind") == NATURAL_PERSON


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its value is read, when it is mandatory, and what to say when it is wrong.

    `plain` tells whether reading would leave many values at once unchanged: for columns whose values seldom repeat,
    where a cache does not help.
    """

    read: Callable[[str], Any]
    mandatory: When
    rule: str
    example: str
    plain: plain.Plain | None = None


_ADDRESS = f"de 1 à {postal.MAX_LINES} lignes de {postal.MAX_CHARACTERS} caractères au plus, séparées par |"
_FLAG = "0 (non) ou 1 (oui)"
_EUROS = "un montant en euros avec deux décimales au plus, ou vide"
_NAME = f"un texte de {values.LONGEST_TEXT} caractères au plus"

COLUMNS: dict[str, Column] = {
    "caf_code": Column(values.digits(3), always, "3 chiffres", "359"),
    "user_number": Column(
        values.digits(14), always, "14 chiffres, espaces tolérées", "359 00007090001", plain.digits(14)
    ),
    "landlord_kind": Column(
        values.one_of(LEGAL_PERSON, NATURAL_PERSON), always, "legal_person ou natural_person", LEGAL_PERSON
    ),
    "siret": Column(
        values.siret, legal_person, "14 chiffres avec leur clé, pour une personne morale", "73282932000074"
    ),
    "landlord_name": Column(values.text, legal_person, _NAME, "REGIE DES LICES", plain.texts),
    "civility": Column(values.one_of("M.", "Mme"), natural_person, "M. ou Mme", "Mme"),
    "last_name": Column(values.text, natural_person, _NAME, "MARTIN", plain.texts),
    "first_name": Column(values.text, never, f"{_NAME}, ou vide", "Zoé", plain.texts),
    "email": Column(values.email, never, "une adresse électronique, ou vide", "gestion@lices.example", plain.emails),
    "landlord_address": Column(values.address, always, _ADDRESS, "12 PLACE DES LICES|35000 RENNES", plain.addresses),
    "housing_type": Column(values.one_of(*HOUSING_TYPES), always, " ou ".join(HOUSING_TYPES), "private"),
    "dwelling_ref": Column(values.text, always, "la référence de la Caf, unique par bailleur", "L-0001", plain.texts),
    "dwelling_address": Column(values.address, always, _ADDRESS, "2 RUE GINA PANE|35000 RENNES", plain.addresses),
    "commune_insee": Column(values.commune, always, "un code de la liste officielle, 5 caractères", "35238"),
    "furnished": Column(values.flag, always, _FLAG, "0"),
    "single_room": Column(values.flag, always, _FLAG, "0"),
    "tenant_number": Column(values.tenant_number, always, "7 chiffres et une lettre", "1234567A", plain.tenant_numbers),
    "tenant_last_name": Column(values.text, always, _NAME, "DEUJOURS", plain.texts),
    "tenant_first_name": Column(values.text, may_be_empty, f"{_NAME}, ou vide", "Adam", plain.texts),
    "lease_start": Column(values.day, always, "une date AAAA-MM-JJ", "2016-09-01"),
    "lease_end": Column(values.day, never, "une date AAAA-MM-JJ après l’entrée, ou vide", "2026-06-30"),
    "co_tenants": Column(values.co_tenants, always, "un nombre, le locataire compris", "1"),
    "previous_rent": Column(values.euros, never, _EUROS, "412.50"),
    "previous_charges": Column(values.euros, never, _EUROS, "38.00"),
    "benefit_kind": Column(values.one_of(*BENEFIT_KINDS), always, "APL, ALF ou ALS", "ALS"),
    "benefit_amount": Column(values.euros, never, _EUROS, "162.00"),
    "paid_to_landlord": Column(values.flag, never, f"{_FLAG}, ou vide", "0"),
}

# A file without these columns is unusable: it is refused whole.
MANDATORY_COLUMNS = frozenset(name for name, column in COLUMNS.items() if column.mandatory in (always, may_be_empty))
