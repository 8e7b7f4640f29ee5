"""`python -m tools.glossary [--check]`: writes docs/glossary.md, each displayed value from the enums of the code.

The terms above the tables are written by hand; `--check` also verifies that the words they name exist in the code.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from declaration.domain import campaign, july, nationwide, paper, reports
from declaration.domain import states as declaration_states
from declaration.domain.exports import states as export_states
from notification.domain import batch_states, channels, kinds
from notification.domain import states as message_states

from tools.workspace import ROOT

PAGE = ROOT / "docs" / "glossary.md"
BEGIN, END = "<!-- values -->\n", "<!-- /values -->"
# Mapping is invariant in its keys: each table has its own enum.
VALUES: dict[str, Mapping[Any, str]] = {
    "State of a declaration": declaration_states.LABELS,
    "What triggers its transitions": declaration_states.TRIGGER_LABELS,
    "Why a tenant is not concerned": july.EXEMPTION_LABELS,
    "Phase of a campaign": campaign.LABELS,
    "What the opening for all Cafs did for one": nationwide.LABELS,
    "Attestation on paper": paper.LABELS,
    "Kind of report": reports.KIND_LABELS,
    "State of a report": reports.LABELS,
    "Export batch": export_states.LABELS,
    "State of a message": message_states.LABELS,
    "Channel of a message": channels.CHANNEL_LABELS,
    "Print batch": batch_states.BATCH_LABELS,
    "Series of letters": kinds.SERIES_LABELS,
    "Destination of letters": batch_states.DESTINATION_LABELS,
}
_ROW = re.compile(r"^\| (?P<french>[^|]+) \| (?P<code>[^|]+) \| (?P<meaning>[^|]*) \|$", re.MULTILINE)


def values() -> str:
    """One table per enum: French, then the value in code."""
    parts = []
    for title, labels in VALUES.items():
        enum = _enum(labels)
        rows = [f"| {label} | `{member.value}` |" for member, label in labels.items()]
        parts.append("\n".join([f"### {title}: `{_place(enum)}`", "| French | code |", "|---|---|", *rows, ""]))
    return "\n".join(parts)


def _enum(labels: Mapping[Any, str]) -> type[StrEnum]:
    [enum] = {type(member) for member in labels}
    return enum


def _place(enum: type[StrEnum]) -> str:
    return f"{enum.__module__}.{enum.__qualname__}"


def filled(page: str) -> str:
    """The page with its tables regenerated."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{values()}{END}{rest.partition(END)[2]}"


def terms(page: str) -> list[tuple[str, list[str]]]:
    """(French term, words of the code) for each handwritten line."""
    rows = list(_ROW.finditer(page.partition(BEGIN)[0]))[1:]
    return [(row["french"], re.findall(r"`([^`]+)`", row["code"])) for row in rows]


def faults(page: str) -> Iterator[str]:
    """One sentence for each error."""
    if filled(page) != page:
        yield "the values are not those of the code: python -m tools.glossary"
    for title, labels in VALUES.items():
        enum = _enum(labels)
        for missing in set(enum) - set(labels):
            yield f"{title}: {_place(enum)}.{missing.name} has no French label"
    for french, words in terms(page):
        if not words:
            yield f"« {french} » names no word of the code"
        for word in words:
            if not _in_code(word):
                yield f"« {french} »: the code has no {word}"


def _in_code(word: str) -> bool:
    command = ["git", "grep", "--quiet", "--word-regexp", "--fixed-strings", word, "--", "*.py", "*.yaml"]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == 0


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(filled(page), encoding="utf-8")
        return 0
    found = list(faults(page))
    for fault in found:
        print(f"docs/glossary.md: {fault}.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
