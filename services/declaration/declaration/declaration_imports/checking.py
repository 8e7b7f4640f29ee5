"""Reads a file into lines and validates each: what it would change, what is wrong. Writes nothing to declarations."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.auth import Caller
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from declaration.declaration_imports.states import LineStatus, Status
from declaration.domain import journey
from declaration.domain.rows import known_columns, row_validation
from declaration.domain.rows.columns import COLUMNS
from declaration.domain.rows.errors import CellError
from declaration.domain.rows.row_validation import Outcome, RowResult
from declaration.filing import loading
from declaration.filing.loading import LoadedDeclaration
from declaration.filing.same_tenant import known_tenant
from declaration.grid import commands as filing_rows
from declaration.job_lock import JobLock
from declaration.models import DeclarationImport, DeclarationImportLine
from declaration.settings import own
from declaration.sheets import reading
from declaration.sheets.layout import MARK
from declaration.sheets.reading import Line

BATCH = 200
# The columns that a checked line sets, for one statement to write.
Written = dict[str, object]
# In a file, the declaration is named in a column of its own.
UNKNOWN = replace(filing_rows.UNKNOWN, column=MARK)
TWICE = CellError(
    MARK,
    "twice",
    "Cette déclaration figure déjà plus haut dans le fichier : cette ligne est laissée.",
    "une seule ligne par déclaration",
    "gardez la bonne des deux lignes",
)
# « 512,30 » without quotes between commas would be a rent of 512 € and charges of 30 €.
SHIFTED = CellError(
    "",
    "shifted",
    "Cette ligne a plus de cellules que la ligne des titres : une valeur y est coupée en deux.",
    "des guillemets autour de ce qui contient le séparateur du fichier",
    '"512,30"',
)
STATUSES = {
    Outcome.SAVED: LineStatus.READY,
    Outcome.UNCHANGED: LineStatus.UNCHANGED,
    Outcome.REFUSED: LineStatus.REFUSED,
    Outcome.CHANGED: LineStatus.REFUSED,
}


def read(runtime: Runtime, lock: JobLock, content: bytes) -> None:
    """Opens the file and stores its lines in its place. Raises FileRefusedError, JobLockLost."""
    sheet = reading.read(content, own(runtime.settings))
    with runtime.transaction() as session:
        changes = {"kind": sheet.kind, "unknown_columns": sheet.unknown[:100], "content": None}
        lock.hold(session, status=Status.CHECKING.value, **changes)
        session.execute(delete(DeclarationImportLine).where(DeclarationImportLine.import_id == lock.row_id))
        if sheet.lines:
            session.execute(insert(DeclarationImportLine), list(_rows(lock.row_id, sheet.lines)))


def _rows(import_id: UUID, lines: Iterable[Line]) -> Iterable[dict[str, object]]:
    seen: set[UUID] = set()
    for line in lines:
        error = _refusal(line, seen)
        seen |= {line.declaration_id} if line.declaration_id else set()
        yield {
            "import_id": import_id,
            "line": line.number,
            "declaration_id": line.declaration_id,
            "revision": line.revision,
            "cells": {**line.known, **line.cells},
            "status": (LineStatus.REFUSED if error else LineStatus.WAITING).value,
            "errors": [filing_rows.shown_error(error)] if error else [],
            "points": [],
            "reported": error is not None,
        }


def _refusal(line: Line, seen: Set[UUID]) -> CellError | None:
    """The reason to refuse the line, whatever its values."""
    if line.declaration_id is None:
        return UNKNOWN
    return SHIFTED if line.shifted else TWICE if line.declaration_id in seen else None


def check(runtime: Runtime, lock: JobLock, caller: Caller) -> None:
    """Validates the waiting lines, a batch per transaction. Raises JobLockLost."""
    while True:
        with runtime.transaction() as session:
            lock.hold(session)
            lines = of_status(session, lock.row_id, LineStatus.WAITING, BATCH)
            if not lines:
                return
            found = loading.many(session, caller, [line.declaration_id for line in lines if line.declaration_id])
            mine = own_changes(session, caller, lines)
            written = [_checked(line, found.get(line.declaration_id), mine) for line in lines if line.declaration_id]
            note(session, lock.row_id, written)


def of_status(session: Session, import_id: UUID, status: LineStatus, limit: int) -> list[DeclarationImportLine]:
    """The first lines of an import with that status."""
    here = (DeclarationImportLine.import_id == import_id) & (DeclarationImportLine.status == status.value)
    statement = select(DeclarationImportLine).where(here).order_by(DeclarationImportLine.line).limit(limit)
    return list(session.execute(statement.execution_options(populate_existing=True)).scalars())


def own_changes(session: Session, caller: Caller, lines: Iterable[DeclarationImportLine]) -> set[tuple[UUID, int]]:
    """(declaration, revision) set by earlier files of the same person: nobody else has changed it since."""
    here = [line.declaration_id for line in lines]
    statement = (
        select(DeclarationImportLine.declaration_id, DeclarationImportLine.applied_revision)
        .join(DeclarationImport, DeclarationImport.id == DeclarationImportLine.import_id)
        .where(DeclarationImportLine.declaration_id.in_(here), DeclarationImportLine.applied_revision.is_not(None))
        .where(DeclarationImport.account_id == caller.sub)
    )
    rows: Any = session.execute(statement)
    return {(declaration, revision) for declaration, revision in rows}


def validated(line: DeclarationImportLine, loaded: LoadedDeclaration, mine: set[tuple[UUID, int]]) -> RowResult:
    """What the line would do now."""
    own = (loaded.row.id, loaded.row.revision) in mine
    result = filing_rows.validated(loaded, line.cells, None if own else line.revision, line.cells)
    if result.outcome is not Outcome.SAVED:
        return result
    errors = known_columns.without_tenant(line.cells, known_tenant(loaded))
    return RowResult(Outcome.REFUSED, loaded.draft, errors=tuple(errors)) if errors else result


def _checked(line: DeclarationImportLine, loaded: LoadedDeclaration | None, mine: set[tuple[UUID, int]]) -> Written:
    if loaded is None:
        return outcome(line.line, LineStatus.REFUSED, [UNKNOWN])
    result = validated(line, loaded, mine)
    return outcome(
        line.line, STATUSES[result.outcome], errors_of(result, line.cells, loaded), points_of(result, loaded)
    )


def outcome(
    line: int, status: LineStatus, errors: Iterable[CellError] = (), points: Iterable[str] = (), **more: Any
) -> Written:
    """The columns of a validated line."""
    told, left = [filing_rows.shown_error(error) for error in errors], list(points)
    reported = bool(told or left)
    return {"at": line, "status": status.value, "errors": told, "points": left, "reported": reported, **more}


def errors_of(result: RowResult, typed: Mapping[str, str], loaded: LoadedDeclaration) -> list[CellError]:
    """The errors of the result; with the stored value of each cell when another person saved meanwhile."""
    errors = list(result.errors)
    if result.outcome is Outcome.CHANGED:
        stands = row_validation.filled(loaded.draft, loaded.known, loaded.campaign.year)
        errors += [
            CellError(
                name,
                "changed",
                f"La valeur enregistrée est maintenant « {stands[name] or 'vide'} ».",
                column.rule,
                column.example,
            )
            for name, column in COLUMNS.items()
            if name in typed and not column.unchanged(typed[name].strip(), stands[name])
        ]
    return errors


def points_of(result: RowResult, loaded: LoadedDeclaration) -> list[str]:
    """What would remain to confirm, for a line that can be applied."""
    if result.outcome not in (Outcome.SAVED, Outcome.UNCHANGED):
        return []
    asked = journey.confirmations(result.after, loaded.known, loaded.campaign.year)
    return [each.message for each in asked if not each.confirmed]


def note(session: Session, import_id: UUID, written: list[Written]) -> None:
    """Writes the outcomes to their lines."""
    table = DeclarationImportLine.metadata.tables[DeclarationImportLine.__tablename__]
    here: ColumnElement[bool] = (table.c.import_id == import_id) & (table.c.line == bindparam("at"))
    names = ("status", "errors", "points", "reported", "applied_revision")
    for some in _grouped_by_columns(written):
        values: dict[str, object] = {name: bindparam(name) for name in names if name in some[0]}
        session.connection().execute(update(table).where(here).values(values), some)


def _grouped_by_columns(written: list[Written]) -> Iterable[list[Written]]:
    """Groups the lines by the columns they set: one statement per group."""
    groups: dict[frozenset[str], list[Written]] = {}
    for one in written:
        groups.setdefault(frozenset(one), []).append(one)
    return groups.values()
