"""How names and addresses are compared and searched: without accents, case or punctuation."""

from __future__ import annotations

import unicodedata

_WORDS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for code in range(256))
# Letters that Unicode does not decompose.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})


def folded(*parts: str) -> str:
    """`"DE L’ÉCLUSE"`, `"Zoé"` → `"de l ecluse zoe"`."""
    text = " ".join(parts).lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    # Bytes are translated by one table: three times as fast as a pattern, and an import folds two million texts.
    return b" ".join(text.encode("ascii", "replace").translate(_WORDS).split()).decode()


def terms(query: str) -> list[str]:
    """The folded words of a search, each to be found."""
    return folded(query).split()
