"""How names and addresses are compared and searched: without accents, case or punctuation."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^a-z0-9]+")
# Letters that Unicode does not decompose.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})


def folded(*parts: str) -> str:
    """`"DE L’ÉCLUSE"`, `"Zoé"` → `"de l ecluse zoe"`."""
    text = " ".join(parts).lower().translate(_LIGATURES)
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", text).strip()


def terms(query: str) -> list[str]:
    """The folded words of a search, each to be found."""
    return folded(query).split()
