"""Lines of one landlord that contradict each other, or the company it is registered as.

The earlier line is kept and the later refused: a program cannot choose which of two is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from declaration.domain.registry.columns import LEGAL_PERSON
from declaration.domain.registry.lines import REGISTRY, LineError

# Columns of the file, by their name in a staged line.
LANDLORD = {
    "kind": "landlord_kind",
    "siret": "siret",
    "name": "landlord_name",
    "civility": "civility",
    "last_name": "last_name",
    "first_name": "first_name",
    "email": "email",
    "landlord_address": "landlord_address",
}
DWELLING = {name: name for name in ("housing_type", "dwelling_address", "commune_insee", "furnished", "single_room")}
LEASE = {
    name: name
    for name in (
        *("tenant_last_name", "tenant_first_name", "lease_end", "co_tenants", "previous_rent", "previous_charges"),
        *("benefit_kind", "benefit_amount", "paid_to_landlord"),
    )
}
COMPANY = ("kind", "siret")
_SAME = "la même valeur sur toutes les lignes {of}"
_OVERLAP = "deux baux d’un locataire dans un logement se suivent, sans se chevaucher"
_MOVED = "l’entreprise d’un bailleur déjà enregistré ne change pas par un fichier"

Line = Mapping[str, Any]


@dataclass
class Judged:
    """Result of `judge`. `again`: lines that repeat an earlier one word for word."""

    errors: list[LineError] = field(default_factory=list)
    again: list[int] = field(default_factory=list)


@dataclass
class _Landlord:
    """What the accepted lines say of one landlord so far."""

    first: Line
    dwellings: dict[str, Line] = field(default_factory=dict)
    leases: dict[tuple[str, str], list[Line]] = field(default_factory=dict)


def judge(lines: Iterable[Line], known: Mapping[str, Mapping[str, Any]]) -> Judged:
    """`lines`: grouped by landlord, each group in file order. `known`: registered kind and siret by user number."""
    judged = Judged()
    landlord: _Landlord | None = None
    for line in lines:
        if landlord is None or landlord.first["user_number"] != line["user_number"]:
            landlord = None
        registered = known.get(line["user_number"])
        errors = list(_moves(line, registered)) if registered else []
        if not errors and landlord is None:
            landlord = _Landlord(line)
        if not errors and landlord is not None:
            errors = _contradictions(line, landlord)
        judged.errors += errors
        if not errors and landlord is not None and not _stands(line, landlord):
            judged.again.append(line["line"])
    return judged


def _moves(line: Line, registered: Mapping[str, Any]) -> Iterator[LineError]:
    for name in COMPANY:
        if line[name] != registered[name]:
            message = "Ce bailleur est enregistré sous une autre entreprise : un agent la change lui-même."
            yield _error(line, LANDLORD[name], _MOVED, message)
            return


def _contradictions(line: Line, landlord: _Landlord) -> list[LineError]:
    dwelling = landlord.dwellings.get(line["dwelling_ref"], line)
    found = [*_differs(line, landlord.first, _landlord_columns(line), "d’un bailleur")]
    found += _differs(line, dwelling, DWELLING, "d’un logement")
    if not found:
        for lease in landlord.leases.get(_lease(line), ()):
            found += _against(line, lease)
    return found


def _landlord_columns(line: Line) -> dict[str, str]:
    """A person's full name is in three columns, each compared separately."""
    return {name: column for name, column in LANDLORD.items() if name != "name" or line["kind"] == LEGAL_PERSON}


def _differs(line: Line, earlier: Line, columns: Mapping[str, str], of: str) -> Iterator[LineError]:
    for name, column in columns.items():
        if line[name] != earlier[name]:
            message = f"Cette valeur contredit celle de la ligne {earlier['line']}."
            yield _error(line, column, _SAME.format(of=of), message)


def _against(line: Line, lease: Line) -> Iterator[LineError]:
    if line["lease_start"] == lease["lease_start"]:
        yield from _differs(line, lease, LEASE, "d’un bail")
    elif overlap(line["lease_start"], line["lease_end"], lease["lease_start"], lease["lease_end"]):
        yield _error(line, "lease_start", _OVERLAP, f"Ce bail chevauche celui de la ligne {lease['line']}.")


def overlap(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    """Whether two leases share a day; one may begin on the day the other ends."""
    return (other_end is None or start < other_end) and (end is None or other_start < end)


def _stands(line: Line, landlord: _Landlord) -> bool:
    """Records the line; False for one already there."""
    landlord.dwellings.setdefault(line["dwelling_ref"], line)
    leases = landlord.leases.setdefault(_lease(line), [])
    if any(lease["lease_start"] == line["lease_start"] for lease in leases):
        return False
    leases.append(line)
    return True


def _lease(line: Line) -> tuple[str, str]:
    return line["dwelling_ref"], line["tenant_number"]


def _error(line: Line, column: str, rule: str, message: str) -> LineError:
    return LineError(line["line"], column, rule, message, REGISTRY.columns[column].example)


@dataclass(frozen=True)
class Pair:
    """A line, and a known lease of the same tenant and dwelling that it overlaps under another first day.

    Neither has an exact match: no known lease has the line's first day, and no line has the lease's.
    """

    line: int
    start: date
    known_start: date
    lease: Any


def corrected(pairs: Sequence[Pair]) -> tuple[dict[int, date], list[LineError]]:
    """Lines that correct the first day of a lease, with its known first day; and errors for lines that may mean several
    leases. Of two lines that overlap one lease, the one that begins first corrects it."""
    known: dict[int, set[Any]] = {}
    for pair in pairs:
        known.setdefault(pair.line, set()).add(pair.lease)
    found: dict[Any, Pair] = {}
    errors = {}
    for pair in sorted(pairs, key=lambda pair: (pair.start, pair.line)):
        if len(known[pair.line]) > 1:
            message = "Ce bail chevauche plusieurs baux enregistrés de ce locataire dans ce logement."
            line = {"line": pair.line}
            errors[pair.line] = _error(line, "lease_start", _OVERLAP, message)
        else:
            found.setdefault(pair.lease, pair)
    return {pair.line: pair.known_start for pair in found.values()}, [errors[line] for line in sorted(errors)]
