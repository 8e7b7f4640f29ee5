"""Checks many values of a column at once: True when their reader would neither change nor refuse any of them.

The rules are in `values`; these are only a fast path, and any doubt gives False. No value given is empty or has a
line end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from chassis import email_address
from chassis.french import postal

from declaration.domain.registry import values as rules

Plain = Callable[[Sequence[str]], bool]

_LINE = rules.PLAIN_LINE.pattern
_ADDRESSES = re.compile(rf"(?:{_LINE}(?:\|{_LINE}){{0,{postal.MAX_LINES - 1}}}\n)*")
_EMAILS = re.compile(rf"(?:{email_address.PATTERN}\n)*")
_TENANT_NUMBERS = re.compile(rf"(?:{rules.TENANT_NUMBER.pattern}\n)*", re.ASCII)


def digits(count: int) -> Plain:
    """For `values.digits(count)`."""

    def plain(values: Sequence[str]) -> bool:
        joined = "".join(values)
        return joined.isascii() and joined.isdigit() and set(map(len, values)) == {count}

    return plain


def texts(values: Sequence[str]) -> bool:
    return max(map(len, values)) <= rules.LONGEST_TEXT and _tidy("\n".join(values))


def addresses(values: Sequence[str]) -> bool:
    joined = "\n".join(values)
    parted = "| " not in joined and " |" not in joined
    return parted and _tidy(joined) and _ADDRESSES.fullmatch(joined + "\n") is not None


def emails(values: Sequence[str]) -> bool:
    joined = "\n".join(values)
    return _tidy(joined) and _EMAILS.fullmatch(joined + "\n") is not None


def tenant_numbers(values: Sequence[str]) -> bool:
    return _TENANT_NUMBERS.fullmatch("\n".join(values) + "\n") is not None


def _tidy(lines: str) -> bool:
    """Printable, with no leading, trailing or double space: `" "` is the only printable space."""
    framed = f"\n{lines}\n"
    untidy = "  " in framed or "\n " in framed or " \n" in framed
    return not untidy and lines.replace("\n", "").isprintable()
