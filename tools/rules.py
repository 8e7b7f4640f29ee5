"""`python -m tools.rules`: each rule of docs/declaration-rules.md names its source, and existing code and tests."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.named import names_of, tests_of
from tools.workspace import ROOT

DOCUMENT = ROOT / "docs" / "declaration-rules.md"
# Prefix of code paths that do not start with a folder of the repository.
HOME = Path("services/declaration/declaration")
TESTED = ("services", "gateway", "launcher", "libs", "tests-e2e")
SOURCES = ("guide", "law", "ours")
HEADER = "| Rule | Source | Code | Shown by |"
_CELLS = re.compile(r"^\| (.+?) \| (.+?) \| (.*?) \| (.*?) \|$")
_NAMED = re.compile(r"`([^`\s:]+)(?:::(\w+))?`")


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    rule: str
    source: str
    code: list[tuple[str, str]]
    tests: list[tuple[str, str]]


def rows(text: str) -> list[Row]:
    """The rows of the rule tables; a row that does not have four cells is a rule with empty cells."""
    found, inside = [], False
    for line in text.splitlines():
        inside = line == HEADER or (inside and line.startswith("|"))
        if inside and line != HEADER and not line.startswith("|---"):
            cells = _CELLS.match(line)
            rule, source, code, tests = cells.groups() if cells else (line, "", "", "")
            found.append(Row(rule, source, _NAMED.findall(code), _NAMED.findall(tests)))
    return found


def faults(text: str, root: Path = ROOT) -> Iterator[str]:
    """One sentence for each rule without a source, or whose code or tests do not exist."""
    tested = _test_files(root)
    for row in rows(text):
        if not row.source.startswith(SOURCES):
            yield f"« {row.rule} »: no source among {', '.join(SOURCES)}"
        if not row.code:
            yield f"« {row.rule} » names no code"
        if not row.tests:
            yield f"« {row.rule} » names no test"
        for file, name in row.code:
            path = root / file if (root / file).is_file() else root / HOME / file
            if not path.is_file() or (name and name not in names_of(path)):
                yield f"« {row.rule} »: there is no {file}" + (f"::{name}" if name else "")
        for file, name in row.tests:
            if name not in tests_of(tested.get(file, root / file)):
                yield f"« {row.rule} »: there is no test {file}::{name}"


def _test_files(root: Path) -> dict[str, Path]:
    """Test files by name; names are unique across services."""
    return {file.name: file for folder in TESTED for file in (root / folder).rglob("test_*.py")}


def main() -> int:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = list(faults(text))
    for fault in found:
        print(f"docs/declaration-rules.md: {fault}.")
    print(f"{len(rows(text))} rules.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
