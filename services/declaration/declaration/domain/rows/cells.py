"""Converts the text of a cell to the raw value of a step, and back. Unrecognised text stays as typed: the step's own
rule refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from chassis.french.formats import short_date

from declaration.domain import texts
from declaration.domain.fields import Option

YES, NO = "oui", "non"
_YES = frozenset({"oui", "o", "vrai", "true"})
_NO = frozenset({"non", "n", "faux", "false"})
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
# Day numbers of a spreadsheet, for cells that lost their format: 1954 to 2119.
_SERIAL = re.compile(r"[2-7]\d{4}")
_SERIAL_ZERO = date(1899, 12, 30)


def yes_or_no(text: str) -> Any:
    """`oui`, `non` and their spreadsheet variants."""
    word = texts.folded(text)
    return True if word in _YES else False if word in _NO else text


def from_flag(value: bool | None) -> str:
    return "" if value is None else (YES if value else NO)


def day(text: str) -> str:
    """`15/07/2026`, `2026-07-15`, or a spreadsheet's day number, as `2026-07-15`."""
    if found := _FRENCH_DAY.fullmatch(text):
        day_, month, year = found.groups()
        return f"{year}-{month:0>2}-{day_:0>2}"
    return (_SERIAL_ZERO + timedelta(days=int(text))).isoformat() if _SERIAL.fullmatch(text) else text


def from_day(value: date | None) -> str:
    return "" if value is None else short_date(value)


def number(text: str) -> Any:
    """A whole number of a few digits."""
    return int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else text


def from_number(value: int | None) -> str:
    return "" if value is None else str(value)


def choice(options: Mapping[str, Option]) -> Callable[[str], str]:
    """Reads an answer given by its cell, its words or its value."""
    values = {
        texts.folded(written): value
        for value, option in options.items()
        for written in (option.cell, option.words, value)
    }
    return lambda text: values.get(texts.folded(text), text)


def from_choice(options: Mapping[str, Option]) -> Callable[[str | None], str]:
    written = {value: option.cell for value, option in options.items()}
    return lambda value: written.get(value or "", "")


def text(typed: str) -> str:
    return typed


def from_amount(value: Any) -> str:
    """`512,30`, as people type it."""
    return "" if value is None else f"{value:.2f}".replace(".", ",")
