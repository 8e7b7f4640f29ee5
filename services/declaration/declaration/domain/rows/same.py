"""Compares two texts of a cell, ignoring what a spreadsheet may have changed in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from chassis.french import money

from declaration.domain import texts
from declaration.domain.rows import cells

_SHORT_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})", re.ASCII)
# What a spreadsheet converts to a day or an hour when it opens a CSV: `3-12`, `1/2/2026`, `1:30`.
_LIKE_A_DAY = re.compile(r"\d{1,4}([-/.:]\d{1,4}){1,2}", re.ASCII)
_ANY_DAY = re.compile(r"(\d{2})?\d{2}-\d{2}-\d{2}", re.ASCII)
_FAILED = re.compile(r"#(N/A|[A-Z0-9/]+[!?])")
_MONTHS = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")


def no_failure(text: str) -> bool:
    """False for `#N/A`, `#REF!` and the like, in English or French."""
    return not _FAILED.fullmatch(text.strip())


def is_amount(text: str) -> bool:
    return isinstance(_amount(text), Decimal)


def is_day(text: str) -> bool:
    return bool(_ANY_DAY.fullmatch(_day(text)))


def amount(one: str, other: str) -> bool:
    """`40` and `40,00 €`."""
    return _amount(one) == _amount(other)


def _amount(text: str) -> Decimal | str:
    try:
        return money.parse(text)
    except money.InvalidAmount:
        return text.strip()


def day(one: str, other: str) -> bool:
    """`01/09/2016`, `2016-09-01`, its number in a spreadsheet, and `01/09/16`."""
    first, second = _day(one), _day(other)
    return first == second or first[2:] == second or first == second[2:]


def _day(text: str) -> str:
    """`2016-09-01`, or `16-09-01` for a two-digit year; other text stays as it is."""
    plain = text.strip()
    if found := _SHORT_YEAR.fullmatch(plain):
        day_, month, year = found.groups()
        return f"{year}-{month:0>2}-{day_:0>2}"
    return cells.day(plain)


def words(one: str, other: str) -> bool:
    """Names and addresses, ignoring accents, case, spaces and punctuation; `?` matches a letter lost by a charset."""
    first, second = (_letters(text) for text in (one, other))
    if first == second or "?" not in one:
        return first == second
    lost = ".{0,2}".join(re.escape(_letters(part)) for part in one.split("?"))
    return bool(_letters(one)) and re.fullmatch(lost, second) is not None


def _letters(text: str) -> str:
    return texts.folded(text).replace(" ", "")


def reference(one: str, other: str) -> bool:
    """References too, which a spreadsheet turns into numbers (`01004` → `1004`) and days (`3-12` → `03/12/2026`)."""
    if words(one, other):
        return True
    first, second = _number(one), _number(other)
    if first is not None and second is not None:
        # A spreadsheet keeps 15 digits, and shows six of twelve: `1,23457E+11`.
        digits = len(first.as_tuple().digits) if "e" in one.lower() else 15
        return f"{first:.{digits - 1}e}" == f"{second:.{digits - 1}e}"
    return bool(_LIKE_A_DAY.fullmatch(other.strip())) and set(_parts(other)) <= set(_parts(one))


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(text) < 40 else None  # an exponent of many digits is no reference


def _parts(text: str) -> Iterator[int]:
    """The numbers of a day, in any order: two-digit years, months also by name."""
    iso = cells.day(text.strip())
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        word = texts.folded(text)
        yield from (int(digits[-2:]) for digits in re.findall(r"\d+", word))
        yield from (place for place, month in enumerate(_MONTHS, start=1) if month in word)
    else:
        yield from (found.day, found.month, found.year % 100)
