"""When each Caf's export is due: `6` for all at 6 a.m., `6,359=20` for all but one, `359=20` for that one alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_ENTRY = re.compile(r"(?:(?P<caf>\d{3})=)?(?P<hour>[01]?\d|2[0-3])")


@dataclass(frozen=True)
class Hours:
    """Hours of French time; a Caf without one exports by hand only."""

    by_default: int | None = None
    by_caf: Mapping[str, int] = field(default_factory=dict)

    def of(self, caf_code: str) -> int | None:
        return self.by_caf.get(caf_code, self.by_default)


def read(text: str) -> Hours:
    """Raises ValueError for an invalid list of hours."""
    by_default, by_caf = None, {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        found = _ENTRY.fullmatch(entry)
        if found is None:
            raise ValueError(entry)
        if found["caf"]:
            by_caf[found["caf"]] = int(found["hour"])
        else:
            by_default = int(found["hour"])
    return Hours(by_default, by_caf)
