"""Folding for comparison and search of names and addresses: no accents, case or punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_WORDS = bytes(code if chr(code) in _LETTERS else 32 for code in range(256))
_LINES = bytes(code if chr(code) in _LETTERS | {"\n"} else 32 for code in range(256))
_FOREIGN = re.compile(r"[^\x00-\x7f]")
# Letters that Unicode does not decompose.
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"}


def folded(*parts: str) -> str:
    """`"DE L’ÉCLUSE"`, `"Zoé"` → `"de l ecluse zoe"`."""
    return " ".join(_translated(" ".join(parts), _WORDS).split())


def folded_each(many: Iterable[str]) -> list[str]:
    """`folded` of each, faster for many texts; none may hold a line end."""
    joined = "".join([f"{each}\n" for each in many])
    return [" ".join(each.split()) for each in _translated(joined, _LINES).split("\n")[:-1]]


def _translated(text: str, table: bytes) -> str:
    text = text.lower()
    if not text.isascii():
        text = _FOREIGN.sub(_plain, unicodedata.normalize("NFKD", text))
    # One table translates the bytes: three times as fast as a regex, and an import folds two million texts.
    return text.encode("ascii").translate(table).decode()


def _plain(letter: re.Match[str]) -> str:
    return "" if unicodedata.combining(letter[0]) else _LIGATURES.get(letter[0], " ")


def terms(query: str) -> list[str]:
    """The folded words of a search; a match must contain each."""
    return folded(query).split()
