"""How French texts show dates, numbers, amounts and user numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

NBSP = "\N{NO-BREAK SPACE}"
# Between groups of three digits.
NARROW = "\N{NARROW NO-BREAK SPACE}"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def short_date(day: date) -> str:
    """`05/07/2026`."""
    return f"{day:%d/%m/%Y}"


def long_date(day: date) -> str:
    """`1er août 2026`, `31 octobre 2026`."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def number(value: int) -> str:
    """`12 000`."""
    return f"{value:,}".replace(",", NARROW)


def euros(amount: Decimal) -> str:
    """`1 234,50 €`."""
    return f"{amount:,.2f}".replace(",", NARROW).replace(".", ",") + f"{NBSP}€"


def count(how_many: int, one: str, many: str) -> str:
    """`1 locataire`, `1 234 locataires`: in French zero is singular."""
    return f"{number(how_many)}{NBSP}{one if abs(how_many) < 2 else many}"


def declarations(how_many: int) -> str:
    return count(how_many, "déclaration", "déclarations")


def user_number(digits: str) -> str:
    """14 digits as the July letter of the Caf prints them: `359 00007090001`."""
    return f"{digits[:3]}{NBSP}{digits[3:]}" if len(digits) == 14 else digits
