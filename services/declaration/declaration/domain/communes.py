"""The official list of communes: which codes exist, their names, their département."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

DATA = "communes.csv.gz"
# Overseas codes carry three characters of département; Corsica's `2A` and `2B` are like any other two.
OVERSEAS = ("97", "98")


@cache
def names() -> Mapping[str, str]:
    """Insee code → name, arrondissements of Paris, Lyon and Marseille included.

    Source: npm `@etalab/decoupage-administratif` 6.0.0 (MIT), made from Insee's Code officiel géographique 2026; see
    `declaration.communes_update`.
    """
    packed = (files("declaration") / "data" / DATA).read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return MappingProxyType(dict(line.split(";", 1) for line in lines if not line.startswith("#")))


def name(code: str) -> str:
    """The commune's name, or the code itself when the list does not have it any more."""
    return names().get(code, code)


def departement(code: str) -> str:
    """`35238` → `35`, `2A004` → `2A`, `97105` → `971`."""
    return code[:3] if code.startswith(OVERSEAS) else code[:2]
