"""What is accepted but must be confirmed by the landlord, with or without a reason; warnings from the law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chassis.french.formats import euros, short_date

from declaration.domain import benefit_rules, july
from declaration.domain.declared import TENANT_SHARE, WHOLE_RENT
from declaration.domain.draft import Draft, Known

TOLERATED_DIFFERENCE = Decimal("0.10")


class Code(StrEnum):
    """The confirmations that can be asked."""

    DIFFERS_FROM_LAST_YEAR = "differs_from_last_year"
    CHARGES_PROBABLY_INCLUDED = "charges_probably_included"
    ZERO_RENT = "zero_rent"
    CO_TENANTS_CHANGED = "co_tenants_changed"
    LEFT_IN_JULY = "left_in_july"
    RENT_AFTER_DEPARTURE = "rent_after_departure"
    FURNISHED_DIFFERS = "furnished_differs"
    SHARE_OF_ONE_HOLDER = "share_of_one_holder"
    FULL_MONTH_OF_ENTRY = "full_month_of_entry"


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """One thing to confirm. The sentence quotes the values: another value needs another confirmation."""

    code: Code
    message: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A consequence in law of what was declared; never blocks."""

    code: str
    message: str
    article: str


Check = Callable[[Draft, Known, int], str | None]


def _left_before_july(draft: Draft, year: int) -> bool:
    left_on = draft.situation.left_on if draft.situation else None
    return left_on is not None and left_on < july.first_day(year)


def _differs(draft: Draft, known: Known, year: int) -> str | None:
    rent, previous = draft.rent, known.previous_rent
    if rent is None or not previous or rent.rent == 0 or _left_before_july(draft, year):
        return None
    if abs(rent.rent - previous) <= previous * TOLERATED_DIFFERENCE:
        return None
    return (
        f"Le loyer déclaré ({euros(rent.rent)}) s’écarte de plus de 10 % de celui de l’an dernier"
        f" ({euros(previous)}) : confirmez-le."
    )


def _charges_included(draft: Draft, known: Known, _year: int) -> str | None:
    if draft.rent is None or not known.previous_rent or not known.previous_charges:
        return None
    if draft.rent.rent != known.previous_rent + known.previous_charges:
        return None
    return (
        f"Le loyer déclaré ({euros(draft.rent.rent)}) est égal au loyer et aux charges connus de la Caf : les charges"
        " y sont probablement comprises. Le loyer se déclare hors charges."
    )


def _zero(draft: Draft, _known: Known, year: int) -> str | None:
    if draft.rent is None or draft.rent.rent != 0 or _left_before_july(draft, year):
        return None
    return "Le loyer déclaré est de 0,00 € : confirmez que le locataire ne doit aucun loyer pour juillet."


def _co_tenants(draft: Draft, known: Known, _year: int) -> str | None:
    if draft.situation is None or draft.situation.co_tenants == known.co_tenants:
        return None
    return f"Le nombre de colocataires passe de {known.co_tenants} à {draft.situation.co_tenants} : confirmez-le."


def _left_in_july(draft: Draft, _known: Known, year: int) -> str | None:
    left_on = draft.situation.left_on if draft.situation else None
    if left_on is None or not july.in_july(left_on, year):
        return None
    return f"Le locataire est parti le {short_date(left_on)}, en juillet : confirmez la date et le loyer de ce mois."


def _rent_after_departure(draft: Draft, _known: Known, year: int) -> str | None:
    if draft.rent is None or draft.rent.rent == 0 or not _left_before_july(draft, year):
        return None
    return f"Un loyer de {euros(draft.rent.rent)} est déclaré pour juillet alors que le locataire était parti."


def _furnished(draft: Draft, _known: Known, _year: int) -> str | None:
    if draft.information is None or draft.rent is None or draft.information.furnished == draft.rent.furnished:
        return None
    was, now = ("meublé", "vide") if draft.information.furnished else ("vide", "meublé")
    return f"Le logement est décrit comme {was} mais le loyer est déclaré pour un logement {now} : confirmez-le."


def _share_of_one(draft: Draft, _known: Known, _year: int) -> str | None:
    if draft.situation is None or draft.rent is None:
        return None
    if draft.situation.co_tenants > 1 or draft.rent.share != TENANT_SHARE:
        return None
    return (
        "Le loyer est déclaré comme la part de ce locataire, alors que le bail n’a qu’un titulaire : confirmez que ce"
        " n’est pas le loyer entier."
    )


def _full_month_of_entry(draft: Draft, _known: Known, year: int) -> str | None:
    if draft.information is None or draft.rent is None or not draft.rent.full_month:
        return None
    entered = draft.information.lease_start
    if not july.in_july(entered, year) or entered == july.first_day(year):
        return None
    return (
        f"Le loyer couvrirait tout le mois de juillet pour un locataire entré le {short_date(entered)} : confirmez-le."
    )


@dataclass(frozen=True, slots=True)
class Point:
    """`label` names it in a comparison; `confirms` completes « Je confirme… »."""

    check: Check
    label: str
    confirms: str


TO_CONFIRM: dict[Code, Point] = {
    Code.DIFFERS_FROM_LAST_YEAR: Point(_differs, "Écart avec l’an dernier", "l’écart avec l’an dernier"),
    Code.CHARGES_PROBABLY_INCLUDED: Point(_charges_included, "Loyer hors charges", "que le loyer est hors charges"),
    Code.ZERO_RENT: Point(_zero, "Loyer nul", "le loyer nul"),
    Code.CO_TENANTS_CHANGED: Point(_co_tenants, "Changement du nombre de colocataires", "le nombre de colocataires"),
    Code.LEFT_IN_JULY: Point(_left_in_july, "Départ en juillet", "le départ en juillet"),
    Code.RENT_AFTER_DEPARTURE: Point(_rent_after_departure, "Loyer après le départ", "le loyer après le départ"),
    Code.FURNISHED_DIFFERS: Point(_furnished, "Meublé ou vide", "la différence entre meublé et vide"),
    Code.SHARE_OF_ONE_HOLDER: Point(_share_of_one, "Part d’un seul titulaire", "que ce montant est une part du loyer"),
    Code.FULL_MONTH_OF_ENTRY: Point(
        _full_month_of_entry,
        "Mois complet l’année de l’entrée",
        "que le loyer couvre tout le mois de l’entrée",
    ),
}


def to_confirm(draft: Draft, known: Known, year: int) -> list[ToConfirm]:
    """What the landlord must confirm before transmitting, in the table's order."""
    found = ((code, point.check(draft, known, year)) for code, point in TO_CONFIRM.items())
    return [ToConfirm(code, message) for code, message in found if message]


def warnings(draft: Draft, known: Known, on: date) -> list[Warned]:
    """Warnings of the dated rules for the draft on that day."""
    return [*_rent_warnings(draft), *_situation_warnings(draft, known, on)]


def _rent_warnings(draft: Draft) -> list[Warned]:
    if draft.rent is None or draft.rent.rent == 0:
        return []
    found, kept = [], draft.rent.rent
    if draft.situation and draft.situation.co_tenants > 1 and draft.rent.share == WHOLE_RENT:
        kept = benefit_rules.flat_sharing_rent(kept, draft.situation.co_tenants)
        sentence = f"En colocation, la Caf retient le loyer divisé par le nombre de colocataires, soit {euros(kept)}."
        found.append(Warned("flat_sharing", sentence, "CCH D. 842-3"))
    if draft.rent.furnished:
        kept = benefit_rules.furnished_rent(kept)
        sentence = f"En meublé, la Caf retient les deux tiers du loyer, soit {euros(kept)}, dans la limite du plafond."
        found.append(Warned("furnished", sentence, "CCH D. 842-2"))
    return found


def _situation_warnings(draft: Draft, known: Known, on: date) -> list[Warned]:
    situation = draft.situation
    if situation is None:
        return []
    found = []
    if situation.left_on and benefit_rules.months_after(situation.left_on, 1) < on and known.paid_to_landlord:
        sentence = "Le départ d’un locataire se signale à la Caf dans le mois : un trop-perçu peut vous être demandé."
        found.append(Warned("late_departure_notice", sentence, "CCH L. 823-6 et D. 823-15"))
    rule = benefit_rules.arrears_rule(on)
    arrears = _arrears(draft, known)
    if rule and arrears and rule.reached(arrears, on):
        found.append(Warned("arrears", rule.sentence, rule.article))
    return found


def _arrears(draft: Draft, known: Known) -> benefit_rules.Arrears | None:
    """The debt compared with the declared rent, or with last year's until a rent is declared."""
    situation = draft.situation
    if situation is None or situation.arrears_amount is None or situation.first_default_on is None:
        return None
    rent = draft.rent.rent if draft.rent else known.previous_rent
    charges = draft.rent.charges if draft.rent else known.previous_charges
    if rent is None:
        return None
    return benefit_rules.Arrears(
        debt=situation.arrears_amount,
        first_default_on=situation.first_default_on,
        rent=rent,
        charges=charges or Decimal(0),
        benefit=known.benefit_amount or Decimal(0),
        paid_to_landlord=known.paid_to_landlord,
    )
