"""Dated rules of the law, each with its article, chosen by date of effect. They inform and warn; the Caf decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

CENT = Decimal("0.01")
# Code de la construction et de l'habitation, D. 842-2: a furnished rent counts for two thirds.
FURNISHED_SHARE = Decimal(2) / Decimal(3)
# R. 824-1 in force until 31/12/2026: twice the monthly amount left to pay.
UNPAID_MONTHS_BEFORE_2027 = 2
# Décret 2026-84 of 12/02/2026, in force on 01/01/2027.
UNPAID_AMOUNT_FROM_2027 = Decimal("450.00")
UNPAID_MONTHS_FROM_2027 = 3


def flat_sharing_rent(rent: Decimal, co_tenants: int) -> Decimal:
    """D. 842-3: the rent kept for one tenant, euros: the rent paid divided by the number of lease holders."""
    return (rent / co_tenants).quantize(CENT, ROUND_HALF_UP)


def furnished_rent(rent: Decimal) -> Decimal:
    """D. 842-2: two thirds of the rent paid, euros."""
    return (rent * FURNISHED_SHARE).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Arrears:
    """A debt and the amounts it is compared with, in euros. `benefit` counts when it is paid to the landlord."""

    debt: Decimal
    first_default_on: date
    rent: Decimal
    charges: Decimal
    benefit: Decimal
    paid_to_landlord: bool


@dataclass(frozen=True, slots=True)
class ArrearsRule:
    """When a debt counts as « impayé », for dates of effect in a range, both ends included."""

    article: str
    effective_from: date
    effective_to: date
    reached: Callable[[Arrears, date], bool]
    sentence: str


def threshold_before_2027(rent: Decimal, charges: Decimal, benefit: Decimal, *, paid_to_landlord: bool) -> Decimal:
    """R. 824-1: the debt, in euros, from which there is an « impayé »."""
    deducted = benefit if paid_to_landlord else Decimal(0)
    return UNPAID_MONTHS_BEFORE_2027 * max(rent + charges - deducted, Decimal(0))


def _reached_before_2027(arrears: Arrears, _on: date) -> bool:
    threshold = threshold_before_2027(
        arrears.rent, arrears.charges, arrears.benefit, paid_to_landlord=arrears.paid_to_landlord
    )
    return arrears.debt > 0 and arrears.debt >= threshold


def _reached_from_2027(arrears: Arrears, on: date) -> bool:
    late = on >= months_after(arrears.first_default_on, UNPAID_MONTHS_FROM_2027)
    return arrears.debt > 0 and (arrears.debt > UNPAID_AMOUNT_FROM_2027 or late)


ARREARS_RULES: tuple[ArrearsRule, ...] = (
    ArrearsRule(
        article="CCH R. 824-1",
        effective_from=date(2019, 9, 1),
        effective_to=date(2026, 12, 31),
        reached=_reached_before_2027,
        sentence=(
            "La dette atteint deux fois le montant mensuel restant dû : c’est un impayé, à signaler à la Caf dans les"
            " deux mois."
        ),
    ),
    ArrearsRule(
        article="Décret 2026-84",
        effective_from=date(2027, 1, 1),
        effective_to=date.max,
        reached=_reached_from_2027,
        sentence=(
            "La dette dépasse 450 €, ou le premier impayé date de trois mois ou plus : c’est un impayé, à signaler à la"
            " Caf dans les deux mois."
        ),
    ),
)


def arrears_rule(on: date) -> ArrearsRule | None:
    """The rule in force that day; None before the first known one."""
    return next((rule for rule in ARREARS_RULES if rule.effective_from <= on <= rule.effective_to), None)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month when it has no such day."""
    return day + relativedelta(months=months)
