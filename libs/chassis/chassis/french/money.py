"""The money type: ``Decimal`` euros with cents, a string with two decimals in JSON, integer cents in the database."""

import re
from decimal import Decimal

# A euro amount: digits, optionally in groups of three with spaces, then comma or point and one or two decimals.
# « 1.234,50 » and « 12,345 » are refused: the first is ambiguous, the second could be wrong by a factor of 1,000.
_AMOUNT = re.compile(r"(?P<euros>\d{1,9}|\d{1,3}(?: \d{3}){1,2})(?:[.,](?P<cents>\d{1,2}))?")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009", " "))
_DIGITS = 15
RULE = "un montant en euros, sans signe, avec deux décimales au plus après une virgule ou un point"
EXAMPLE = "512,30"


class InvalidAmount(ValueError):
    """The text is not an amount in euros."""


def parse(text: str) -> Decimal:
    """Parses euros typed by a person: ``1 234,50``, ``1234,50``, ``1234.50``, with or without a final « € ».

    Raises InvalidAmount for everything else: negative, more than two decimals, ``1.234,50``.
    """
    cleaned = text.translate(_SPACES).strip().removesuffix("€").strip()
    match = _AMOUNT.fullmatch(cleaned)
    if match is None or not cleaned.isascii():
        raise InvalidAmount(RULE)
    return from_cents(int(match["euros"].replace(" ", "")) * 100 + int((match["cents"] or "0").ljust(2, "0")))


def to_json(amount: Decimal) -> str:
    """``Decimal("1234.5")`` → ``"1234.50"``."""
    return f"{from_cents(to_cents(amount)):.2f}"


def to_cents(amount: Decimal) -> int:
    """Raises InvalidAmount instead of rounding a third decimal."""
    # Integer arithmetic: Decimal's own rounds numbers with more digits than its context keeps.
    if not amount.is_finite() or abs(amount.adjusted()) > _DIGITS:
        raise InvalidAmount(RULE)
    numerator, denominator = amount.as_integer_ratio()
    cents, rest = divmod(numerator * 100, denominator)
    if rest:
        raise InvalidAmount(RULE)
    return cents


def from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
