"""Warns when a letter cannot be printed at a landlord's address; the line is imported anyway."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.french.postal import MAX_CHARACTERS, PROBLEM_LABELS, PostalAddress

from declaration.domain.registry.columns import COLUMNS, LEGAL_PERSON
from declaration.domain.registry.lines import WARNING, LineError

# As in the staging table, a JSON array: three to six lines that end with a postcode and a town need no check.
_SURE = re.compile(r'\[(?:"[^"\\]*", ){2,5}"\d{5} [^"\\]*"\]')
# With two lines, the name has to fit above them.
_SURE_BELOW_A_NAME = re.compile(r'\["[^"\\]*", "\d{5} [^"\\]*"\]')
_NAMES = ("landlord_name", "civility", "first_name", "last_name")
_RULE = "une adresse où un courrier arrive : la voie, le code postal et la commune, ou le pays"


def doubtful(columns: Mapping[str, Sequence[Any]]) -> list[int]:
    """Places, among lines read by the fast path, whose address needs a check."""
    names = zip(*(columns[name] for name in _NAMES), strict=True)
    return [
        place
        for place, (address, parts) in enumerate(zip(columns["landlord_address"], names, strict=True))
        if not (_SURE.fullmatch(address) or (_short(parts) and _SURE_BELOW_A_NAME.fullmatch(address)))
    ]


def warning(values: Mapping[str, Any], number: int) -> LineError | None:
    """The warning, if any, that no letter can be printed, from the typed values of a line."""
    address = PostalAddress.parse(_name(values), values["landlord_address"])
    if address.valid:
        return None
    column = COLUMNS["landlord_address"]
    sentence = f"Ligne prise en compte, mais aucun courrier ne peut être imprimé. {PROBLEM_LABELS[address.problems[0]]}"
    return LineError(number, "landlord_address", _RULE, sentence, column.example, severity=WARNING)


def _name(values: Mapping[str, Any]) -> str:
    if values["landlord_kind"] == LEGAL_PERSON:
        return str(values["landlord_name"])
    return " ".join(values[name] for name in _NAMES[1:] if values[name])


def _short(parts: Sequence[Any]) -> bool:
    """Whether the name fits one line, whichever of these parts form it."""
    return sum(len(part) + 1 for part in parts if part) <= MAX_CHARACTERS
