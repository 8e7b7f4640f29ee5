"""Applies the valid lines as drafts: validates them again, since days may have passed, and saves by a page's rules."""

from typing import Any

from chassis import journal
from chassis.auth import Caller
from chassis.problems import Conflict
from chassis.runtime import Runtime
from sqlalchemy.orm import Session

from declaration.declaration_imports.checking import (
    STATUSES,
    UNKNOWN,
    Written,
    errors_of,
    note,
    of_status,
    outcome,
    own_changes,
    points_of,
    validated,
)
from declaration.declaration_imports.states import LineStatus, Status
from declaration.domain.rows.row_validation import Outcome
from declaration.filing import commands, loading
from declaration.filing.loading import LoadedDeclaration
from declaration.job_lock import JobLock
from declaration.models import DeclarationImport, DeclarationImportLine

BATCH = 50
NOT_CHECKED = "Ce fichier n’est pas encore contrôlé, ou il a été refusé."


def ask(session: Session, row: DeclarationImport) -> None:
    """Requests the application; a second request does nothing more. Raises Conflict for a file not checked yet."""
    if row.status in (Status.APPLYING, Status.APPLIED):
        return
    if row.status != Status.CHECKED:
        raise Conflict(NOT_CHECKED)
    row.status, row.attempts, row.ended_at = Status.APPLYING.value, 0, None
    journal.record(
        session,
        actor=row.account_id,
        action="import.applied",
        subject=row.id,
        perimeter=row.organisation_id,
        after={"sha256": row.sha256},
    )


def apply(runtime: Runtime, lock: JobLock, caller: Caller) -> None:
    """Applies the ready lines, a batch per transaction: a line and its draft commit together. Raises JobLockLost."""
    while True:
        with runtime.transaction() as session:
            lock.hold(session)
            lines = of_status(session, lock.row_id, LineStatus.READY, BATCH)
            if not lines:
                return
            wanted = [line.declaration_id for line in lines if line.declaration_id]
            found = loading.many(session, caller, wanted, change=True, from_file=True)
            mine = own_changes(session, caller, lines)
            written = [
                _applied(session, line, found.get(line.declaration_id), mine) for line in lines if line.declaration_id
            ]
            note(session, lock.row_id, written)


def _applied(session: Session, line: DeclarationImportLine, loaded: LoadedDeclaration | None, mine: Any) -> Written:
    if loaded is None:
        return outcome(line.line, LineStatus.REFUSED, [UNKNOWN])
    result = validated(line, loaded, mine)
    if result.outcome is not Outcome.SAVED:
        errors = errors_of(result, line.cells, loaded)
        return outcome(line.line, STATUSES[result.outcome], errors, points_of(result, loaded))
    commands.save(session, loaded, result.change)
    points = points_of(result, loaded)
    return outcome(line.line, LineStatus.APPLIED, points=points, applied_revision=loaded.row.revision)
