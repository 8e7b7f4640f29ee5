"""Columns of a file, in order: identifying ones, help, ones to fill, messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from declaration.domain import texts
from declaration.domain.rows.columns import COLUMNS
from declaration.domain.rows.known_columns import KNOWN_COLUMNS

MARK = "mark"
MARK_HEADER = "Repère (ne pas modifier)"
HELPING = {name: column.header for name, column in KNOWN_COLUMNS.items()}
FILLED = {name: column.header for name, column in COLUMNS.items()}
SAYING = {"points": "Points à confirmer", "to_correct": "À corriger"}
HEADERS = {MARK: MARK_HEADER, **HELPING, **FILLED, **SAYING}
# However people spell them: ignores accents, case and punctuation; accepts our internal names too.
_KNOWN = {texts.folded(header): name for name, header in HEADERS.items()} | {
    texts.folded(name): name for name in FILLED
}
_MARK_WORD = "repere"


@dataclass(frozen=True)
class Row:
    """One tenant's line of a file. `texts` holds every column by name."""

    mark: str
    texts: Mapping[str, str] = field(default_factory=dict)


def mark(declaration_id: UUID, revision: int) -> str:
    """Ties a line to its declaration, and to the revision that its author saw."""
    return f"{declaration_id}/{revision}"


def parse_mark(text: str) -> tuple[UUID, int] | None:
    """None for anything but a mark of this service."""
    identifier, _, revision = text.strip().partition("/")
    try:
        found = UUID(identifier)
    except ValueError:
        return None
    return (found, int(revision)) if revision.isascii() and revision.isdigit() and len(revision) < 10 else None


def is_header(cells: Sequence[str]) -> bool:
    return any(texts.folded(cell).startswith(_MARK_WORD) for cell in cells)


def named(header: Sequence[str]) -> list[str | None]:
    """The name of each column in a file's first line; None for an unknown one."""
    return [MARK if texts.folded(cell).startswith(_MARK_WORD) else _KNOWN.get(texts.folded(cell)) for cell in header]
