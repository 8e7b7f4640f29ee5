"""`python -m tools.asvs`: each requirement of OWASP ASVS 5.0 (V6, V7, V9, V10; levels 1 and 2) is listed in
docs/security.md with an existing test, or with the reason why it is not claimed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.named import tests_of
from tools.workspace import ROOT

DOCUMENT = ROOT / "docs" / "security.md"
# OWASP ASVS 5.0.0: section → requirements of level 1, of level 2. Level 3 is not covered.
REQUIREMENTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "6.1": ((1,), (2, 3)),
    "6.2": ((1, 2, 3, 4, 5, 6, 7, 8), (9, 10, 11, 12)),
    "6.3": ((1, 2), (3, 4)),
    "6.4": ((1, 2), (3, 4)),
    "6.5": ((), (1, 2, 3, 4, 5)),
    "6.6": ((), (1, 2, 3)),
    "6.8": ((), (1, 2, 3, 4)),
    "7.1": ((), (1, 2, 3)),
    "7.2": ((1, 2, 3, 4), ()),
    "7.3": ((), (1, 2)),
    "7.4": ((1, 2), (3, 4, 5)),
    "7.5": ((), (1, 2)),
    "7.6": ((), (1, 2)),
    "9.1": ((1, 2, 3), ()),
    "9.2": ((1,), (2, 3, 4)),
    "10.1": ((), (1, 2)),
    "10.2": ((), (1, 2)),
    "10.3": ((), (1, 2, 3, 4)),
    "10.4": ((1, 2, 3, 4, 5), (6, 7, 8, 9, 10, 11)),
    "10.5": ((), (1, 2, 3, 4, 5)),
    "10.6": ((), (1, 2)),
    "10.7": ((), (1, 2, 3)),
}
# Phrases that mark a line as not claimed; a reason follows.
EXCUSES = ("Does not apply because ", "Not met: ")
_ROW = re.compile(r"^\| V(?P<number>[\d.]+) \| L(?P<level>\d) \| (?P<asks>.+?) \| (?P<shown>.*?) \|$", re.MULTILINE)
_TEST = re.compile(r"`([^`\s]+\.py)::(\w+)`")


@dataclass(frozen=True)
class Row:
    number: str
    level: int
    shown: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """The file and function of each named test."""
        return _TEST.findall(self.shown)

    @property
    def excused(self) -> bool:
        return any(self.shown.startswith(excuse) and len(self.shown) > len(excuse) + 10 for excuse in EXCUSES)


def expected() -> dict[str, int]:
    """Every requirement of levels 1 and 2 and its level."""
    return {
        f"{section}.{number}": level
        for section, levels in REQUIREMENTS.items()
        for level, numbers in enumerate(levels, start=1)
        for number in numbers
    }


def rows(text: str) -> list[Row]:
    return [Row(found["number"], int(found["level"]), found["shown"].strip()) for found in _ROW.finditer(text)]


def faults(text: str, root: Path = ROOT) -> Iterator[str]:
    """One sentence for each requirement that is missing, duplicated, at the wrong level, or without evidence."""
    wanted = expected()
    found = rows(text)
    numbers = [row.number for row in found]
    for number in sorted(set(wanted) - set(numbers), key=_order):
        yield f"V{number} stands nowhere in the table"
    for number in sorted({number for number in numbers if numbers.count(number) > 1}, key=_order):
        yield f"V{number} stands there twice"
    for row in found:
        if row.number not in wanted:
            yield f"V{row.number} is no requirement of level 1 or 2"
        elif row.level != wanted[row.number]:
            yield f"V{row.number} is of level {wanted[row.number]}, not {row.level}"
        yield from _without_evidence(row, root)


def _without_evidence(row: Row, root: Path) -> Iterator[str]:
    if not row.tests and not row.excused:
        yield f"V{row.number} names no test and gives no reason"
    if row.tests and row.excused:
        yield f"V{row.number} gives a reason why nothing is claimed, and tests all the same"
    for file, test in row.tests:
        if test not in tests_of(root / file):
            yield f"V{row.number}: there is no test {file}::{test}"


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def main() -> int:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = list(faults(text))
    for fault in found:
        print(f"docs/security.md: {fault}.")
    claimed = sum(bool(row.tests) for row in rows(text))
    print(f"{claimed} of {len(expected())} requirements are shown by tests.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
