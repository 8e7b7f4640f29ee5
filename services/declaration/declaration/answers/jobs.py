"""Reads a file of answers batch by batch; after a crash any worker resumes it, with the same result."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import structlog
from chassis import clock, journal
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import and_, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from declaration.answers import applying, commands, publishes, queries
from declaration.answers.applying import Answer
from declaration.api_types.exchange import AnswerImport as ShownImport
from declaration.domain.answers.columns import ANSWERS
from declaration.domain.registry import csv_lines
from declaration.domain.registry.lines import Header, LineError
from declaration.files.refusing import read_or_refuse
from declaration.job_lock import JobLock, Jobs, until_taken_over
from declaration.models import AnswerImport, AnswerImportError
from declaration.registry.states import UNDER_WAY, Status

log = structlog.get_logger()
BATCH = 500
ERRORS_KEPT = 10_000
_BEFORE = aliased(AnswerImport)
_UNREAD = and_(_BEFORE.caf_code == AnswerImport.caf_code, _BEFORE.id < AnswerImport.id, _BEFORE.status.in_(UNDER_WAY))
Progress = Callable[[ShownImport], object]


@dataclass
class Batch:
    """What was read from a group of lines."""

    done: int = 0
    bad: int = 0
    answers: list[Answer] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def _begin(row: AnswerImport) -> None:
    row.status = Status.RUNNING.value
    row.started_at = row.started_at or clock.now()


# The files of one Caf are read one at a time, in order of arrival.
JOBS = Jobs(AnswerImport, and_(AnswerImport.status.in_(UNDER_WAY), ~exists().where(_UNREAD)), AnswerImport.id, _begin)


def import_path(
    runtime: Runtime, path: Path, actor: str, caf_code: str, progress: Progress = lambda _state: None
) -> ShownImport:
    """Reads a file at once, in this process; returns the import as the API shows it. Raises OSError."""
    worker = new_id()
    with path.open("rb") as stream:
        import_id, new = commands.receive(runtime, stream, path.name, caf_code=caf_code, sent_by=actor, worker=worker)
    if new:
        run(runtime, JobLock(AnswerImport, import_id, worker), lambda: progress(queries.state(runtime, import_id)))
    return queries.state(runtime, import_id)


def read_waiting(runtime: Runtime) -> None:
    """Periodic job: reads the waiting files, and those left by a killed worker."""
    JOBS.run_waiting(runtime, lambda runtime, lock, _row: run(runtime, lock, lambda: None))


def run(runtime: Runtime, lock: JobLock, progress: Callable[[], Any]) -> None:
    """Reads the file to its end; stops and writes nothing more when another worker has taken it over."""
    with until_taken_over(lock):
        with runtime.read_only() as session:
            row = session.execute(select(AnswerImport).where(AnswerImport.id == lock.row_id)).scalar_one()
        read_or_refuse(
            row.attempts,
            lambda: _run(runtime, lock, row, progress),
            lambda why: _end(runtime, lock, Status.REFUSED, refusal=why),
        )
        progress()


def _run(runtime: Runtime, lock: JobLock, row: AnswerImport, progress: Callable[[], Any]) -> None:
    storage = Storage(runtime.settings.storage_url)
    with storage.open(row.storage_key) as stream:
        total = row.lines_total or csv_lines.count(stream)
    with storage.open(row.storage_key) as stream:
        header = csv_lines.read_header(stream, ANSWERS)
        changes = {"unknown_columns": list(header.unknown), "lines_total": total}
        with runtime.transaction() as session:
            lock.hold(session, **changes)
        _read(runtime, lock, stream, header, row, progress)
    publishes.publish_answers(runtime, lock)
    _end(runtime, lock, Status.DONE)


def _read(
    runtime: Runtime,
    lock: JobLock,
    stream: IO[bytes],
    header: Header,
    row: AnswerImport,
    progress: Callable[[], Any],
) -> None:
    number = 1
    for _ in range(row.lines_done):
        number += 1
        csv_lines.next_line(stream)
    while (batch := _read_batch(stream, header, number)).done:
        number += batch.done
        with runtime.transaction() as session:
            _commit(session, lock, row, batch)
        progress()


def _read_batch(stream: IO[bytes], header: Header, number: int) -> Batch:
    batch = Batch()
    while batch.done < BATCH and (raw := csv_lines.next_line(stream)):
        batch.done += 1
        if raw.isspace():
            continue
        values, errors = csv_lines.read_line(raw, header, number + batch.done, ANSWERS)
        if values is None:
            batch.bad += 1
            batch.errors += errors
        else:
            batch.answers.append(Answer(number + batch.done, values))
    return batch


def _commit(session: Session, lock: JobLock, row: AnswerImport, batch: Batch) -> None:
    """Saves the answers, the errors and the reading position in one commit."""
    outcome = applying.apply(session, row, batch.answers)
    lock.hold(
        session,
        lines_done=AnswerImport.lines_done + batch.done,
        lines_applied=AnswerImport.lines_applied + outcome.applied,
        lines_unchanged=AnswerImport.lines_unchanged + outcome.unchanged,
        lines_bad=AnswerImport.lines_bad + batch.bad + len(outcome.errors),
    )
    errors = sorted([*batch.errors, *outcome.errors], key=lambda error: error.line)
    if errors:
        of_this = AnswerImportError.import_id == lock.row_id
        kept = session.execute(select(func.count()).select_from(AnswerImportError).where(of_this)).scalar_one()
        rows = [_error(lock.row_id, error) for error in errors[: max(0, ERRORS_KEPT - kept)]]
        session.execute(insert(AnswerImportError), rows) if rows else None


def _error(import_id: UUID, error: LineError) -> dict[str, object]:
    return {
        "import_id": import_id,
        "line": error.line,
        "column": error.column,
        "rule": error.rule,
        "message": error.message,
        "example": error.example,
    }


def _end(runtime: Runtime, lock: JobLock, status: Status, **changes: Any) -> None:
    """Erases the file once it is read; its counts and errors stay."""
    with runtime.transaction() as session:
        lock.release(session, status=status.value, ended_at=clock.now(), **changes)
        row = session.execute(select(AnswerImport).where(AnswerImport.id == lock.row_id)).scalar_one()
        after = {"status": status.value, "applied": row.lines_applied, "bad": row.lines_bad}
        journal.record(
            session,
            actor=row.sent_by,
            action="answers.ended",
            subject=row.id,
            perimeter=row.caf_code,
            after=after,
        )
    Storage(runtime.settings.storage_url).delete(row.storage_key)
