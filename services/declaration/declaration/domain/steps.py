"""The three steps a landlord fills: each read from JSON and validated field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis import money
from chassis.problems import FieldError

from declaration.domain import communes, fields, july
from declaration.domain.draft import Information, Rent, Situation
from declaration.domain.fields import ADDRESS_EXAMPLE, ADDRESS_RULE, DAY, YES_NO, Field, Reader

WHOLE_RENT = "whole"
TENANT_SHARE = "tenant_share"
COMMUNE_RULE = "le nom d’une commune, suivi du département s’il le faut, ou son code Insee"
COMMUNE_EXAMPLE = "Rennes"
# Enough to show the choice; a dozen communes are called Sainte-Colombe.
MOST_NAMESAKES = 4


@dataclass(frozen=True, slots=True)
class Context:
    """Context of a declaration: the campaign's year and the current French day."""

    year: int
    today: date


def commune(raw: Any) -> str:
    """
    The official commune code, from itself or from a name; includes the arrondissements of Paris, Lyon and Marseille.

    Raises RefusedValueError for an unknown commune, and for a name that several communes share.
    """
    found = communes.codes(str(raw))
    if not found:
        detail = "La liste officielle des communes n’a ni ce nom ni ce code Insee (un code postal n’en est pas un)."
        raise fields.RefusedValueError("commune", detail)
    if len(found) > 1:
        several = ", ".join(communes.label(code) for code in found[:MOST_NAMESAKES])
        detail = f"Plusieurs communes portent ce nom\u00a0: précisez le département. Par exemple {several}."
        raise fields.RefusedValueError("commune_ambiguous", detail)
    return found[0]


INFORMATION: dict[str, Field[Any]] = {
    "address": Field("l’adresse du logement", fields.address, ADDRESS_RULE, ADDRESS_EXAMPLE),
    "commune_insee": Field("la commune du logement", commune, COMMUNE_RULE, COMMUNE_EXAMPLE),
    "furnished": Field("si le logement est meublé", fields.flag, YES_NO, "oui"),
    "single_room": Field("si le logement est une chambre", fields.flag, YES_NO, "non"),
    "lease_start": Field("la date d’entrée dans le logement", fields.day, DAY, "2016-09-01"),
    "confirmed": Field("si ces informations sont exactes", fields.flag, YES_NO, "oui"),
}
SITUATION: dict[str, Field[Any]] = {
    "present": Field("si le locataire occupe toujours le logement", fields.flag, YES_NO, "oui"),
    "left_on": Field("la date de départ du locataire", fields.day, DAY, "2026-07-15"),
    "new_address": Field("la nouvelle adresse du locataire", fields.address, ADDRESS_RULE, ADDRESS_EXAMPLE),
    "co_tenants": Field("le nombre de colocataires", fields.co_tenants, fields.CO_TENANTS_RULE, "2"),
    "rent_up_to_date": Field("si le loyer est à jour", fields.flag, YES_NO, "oui"),
    "arrears_amount": Field("le montant de la dette", fields.amount, money.RULE, "650,00"),
    "first_default_on": Field("la date du premier impayé", fields.day, DAY, "2026-05-05"),
}
RENT: dict[str, Field[Any]] = {
    "rent": Field("le loyer de juillet, hors charges", fields.amount, money.RULE, money.EXAMPLE),
    "charges": Field("les charges de juillet (0 s’il n’y en a pas)", fields.amount, money.RULE, "38,00"),
    "share": Field(
        "s’il s’agit du loyer entier ou de la part du locataire",
        fields.one_of(WHOLE_RENT, TENANT_SHARE),
        "« loyer entier » (whole) ou « part du locataire » (tenant_share)",
        WHOLE_RENT,
    ),
    "full_month": Field("si le loyer couvre tout le mois de juillet", fields.flag, YES_NO, "oui"),
    "furnished": Field("si le logement est loué meublé", fields.flag, YES_NO, "non"),
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """A field valid only after a « non » to another; `detail` is for people who fill it beside « oui »."""

    answer: str
    detail: str
    required: bool = True


# Contradictory answers: refused, never dropped.
CONSEQUENCES: dict[str, Consequence] = {
    "left_on": Consequence(
        "present", "Le locataire est dit toujours là : effacez la date de départ, ou dites qu’il est parti."
    ),
    "new_address": Consequence(
        "present",
        "Le locataire est dit toujours là : effacez sa nouvelle adresse, ou dites qu’il est parti.",
        required=False,
    ),
    "arrears_amount": Consequence(
        "rent_up_to_date", "Le loyer est dit à jour : effacez la dette, ou dites qu’il ne l’est pas."
    ),
    "first_default_on": Consequence(
        "rent_up_to_date", "Le loyer est dit à jour : effacez le premier impayé, ou dites qu’il ne l’est pas."
    ),
}


def information(raw: Mapping[str, Any], context: Context) -> tuple[Information | None, list[FieldError]]:
    """Step 1, or None with all its errors."""
    reader = Reader("information", INFORMATION, raw)
    values = {name: reader.required(name) for name in INFORMATION}
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
    answers = {name: reader.required(name) for name in ("present", "rent_up_to_date")}
    values = {
        **answers,
        "co_tenants": reader.required("co_tenants"),
        **{name: _following(reader, name, rule, answers[rule.answer]) for name, rule in CONSEQUENCES.items()},
    }
    _between(reader, "left_on", values["left_on"], lease_start, context.today)
    _between(reader, "first_default_on", values["first_default_on"], lease_start, context.today)
    if values["arrears_amount"] == 0:
        reader.refuse("arrears_amount", "arrears_zero", "Une dette de 0 € n’en est pas une : indiquez son montant.")
    return (None, reader.errors) if reader.errors else (Situation(**values), [])


def _following(reader: Reader, name: str, rule: Consequence, answer: bool | None) -> Any:
    """The field that depends on an answer; it is read beside « oui » too, so that nothing is dropped silently."""
    if answer is False and rule.required:
        return reader.required(name)
    value = reader.optional(name)
    # A debt of zero does not contradict « oui ».
    if answer is True and value:
        reader.refuse(name, "contradicts", rule.detail)
    return value if answer is False else None


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
    values = {name: reader.required(name) for name in RENT}
    return (None, reader.errors) if reader.errors else (Rent(**values), [])
