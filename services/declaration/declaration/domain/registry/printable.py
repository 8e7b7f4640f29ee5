"""Whether a letter can be printed at a landlord's address: if not, a warning on the line, which goes in anyway."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.french.postal import MAX_CHARACTERS, PROBLEM_LABELS, PostalAddress

from declaration.domain.registry.columns import COLUMNS, LEGAL_PERSON
from declaration.domain.registry.lines import WARNING, LineError

# As the staging table has them, a JSON array: three to six lines that end with a postcode and a town need no look.
_SURE = re.compile(r'\[(?:"[^"\\]*", ){2,5}"\d{5} [^"\\]*"\]')
# With two, the name has to fit above them.
_SURE_BELOW_A_NAME = re.compile(r'\["[^"\\]*", "\d{5} [^"\\]*"\]')
_NAMES = ("landlord_name", "civility", "first_name", "last_name")
_RULE = "une adresse où un courrier arrive : la voie, le code postal et la commune, ou le pays"


def doubtful(columns: Mapping[str, Sequence[Any]]) -> list[int]:
    """The places, among lines read quickly, of those whose address needs a look."""
    names = zip(*(columns[name] for name in _NAMES), strict=True)
    return [
        place
        for place, (address, parts) in enumerate(zip(columns["landlord_address"], names, strict=True))
        if not (_SURE.fullmatch(address) or (_short(parts) and _SURE_BELOW_A_NAME.fullmatch(address)))
    ]


def warning(values: Mapping[str, Any], number: int) -> LineError | None:
    """What keeps a letter from being printed, of the typed values of a line."""
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
    """Whichever of these parts make the name."""
    return sum(len(part) + 1 for part in parts if part) <= MAX_CHARACTERS
