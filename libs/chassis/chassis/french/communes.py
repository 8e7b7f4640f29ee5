"""The official list of communes: which codes exist, their names, their département."""

import gzip
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from chassis.french.folding import folded, folded_each

DATA = "communes.csv.gz"
# Overseas codes start with a département of three characters; the others, Corsica's `2A` and `2B` included, of two.
OVERSEAS = ("97", "98")
_NAME_AND_DEPARTEMENT = re.compile(r"(.+?)[ ,]*\(?(\d{2,3}|2[ABab])\)?")
_SHORT = {"st": "saint", "ste": "sainte"}


@cache
def names() -> Mapping[str, str]:
    """Insee code → name, arrondissements of Paris, Lyon and Marseille included.

    Source: npm `@etalab/decoupage-administratif` 6.0.0 (MIT), made from Insee's Code officiel géographique 2026; see
    `tools.communes`.
    """
    packed = (files("chassis") / "french" / "data" / DATA).read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return MappingProxyType(dict(line.split(";", 1) for line in lines if not line.startswith("#")))


def name(code: str) -> str:
    """The commune's name, or the code itself when it is no longer in the list."""
    return names().get(code, code)


def departement(code: str) -> str:
    """`35238` → `35`, `2A004` → `2A`, `97105` → `971`."""
    return code[:3] if code.startswith(OVERSEAS) else code[:2]


def codes(text: str) -> tuple[str, ...]:
    """
    The codes matching what a person typed: a code, a name, or a name and its département.

    `35238`, `rennes`, `St Malo`, `Saint-Denis (93)`; none when the official list has no match.
    """
    given = text.strip().upper()
    if given in names():
        return (given,)
    found = _of_name(text)
    if not found and (parts := _NAME_AND_DEPARTEMENT.fullmatch(text.strip())):
        found = tuple(code for code in _of_name(parts[1]) if departement(code) == parts[2].upper())
    return found


def label(code: str) -> str:
    """The label from which `codes` finds only this code: `Rennes`; `Saint-Denis (93)` where several share the name."""
    for words in (name(code), f"{name(code)} ({departement(code)})"):
        if codes(words) == (code,):
            return words
    return code


def _of_name(text: str) -> tuple[str, ...]:
    return _by_name().get(_key(folded(text)), ())


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, key in zip(names(), map(_key, folded_each(names().values())), strict=True):
        found[key] = (*found.get(key, ()), code)
    return MappingProxyType(found)


def _key(words: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in words.split())
