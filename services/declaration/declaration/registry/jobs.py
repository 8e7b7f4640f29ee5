"""Reads one file completely: header, staging, merging, end. Any worker can resume it, with the same result."""

from collections.abc import Callable
from typing import Any

import structlog
from chassis import clock, journal
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from declaration.campaigns import opening
from declaration.domain.campaign import Phase
from declaration.domain.registry import csv_lines
from declaration.files.refusing import read_or_refuse
from declaration.job_lock import JobLock, Jobs, until_taken_over
from declaration.models import Campaign, RegistryImport, RegistryImportError, RegistrySlice, Staged
from declaration.registry import errors, slices, staging
from declaration.registry.states import UNDER_WAY, Status

log = structlog.get_logger()
# Lines merged per transaction; meanwhile others wait for its organisations, and on SQLite for any write.
# On PostgreSQL 50,000 would be 10 % faster, but nobody would see a Caf's file advance.
SLICE = {"postgresql": 10_000, "sqlite": 5_000}


def _begin(row: RegistryImport) -> None:
    row.status = Status.RUNNING.value
    row.started_at = row.started_at or clock.now()


JOBS = Jobs(RegistryImport, RegistryImport.status.in_(UNDER_WAY), RegistryImport.received_at, _begin)


def run(runtime: Runtime, lock: JobLock, progress: Callable[[], Any]) -> None:
    """Reads the file to its end; stops and writes nothing more when another worker has taken it over."""
    with until_taken_over(lock):
        row = _row(runtime, lock)
        read_or_refuse(
            row.attempts,
            lambda: _run(runtime, lock, row, progress),
            lambda why: _end(runtime, lock, Status.REFUSED, refusal=why),
        )
        progress()


def _run(runtime: Runtime, lock: JobLock, row: RegistryImport, progress: Callable[[], Any]) -> None:
    storage, key = Storage(runtime.settings.storage_url), row.storage_key
    with storage.open(key) as stream:
        header = csv_lines.read_header(stream)
    total = _count_lines(storage, key) if row.lines_total is None else row.lines_total
    _note_header(runtime, lock, list(header.unknown), total)
    most = max(1, -(-total // SLICE[runtime.engine.dialect.name]))
    while True:
        with storage.open(key) as stream:
            csv_lines.read_header(stream)
            for _ in staging.stage(runtime, lock, stream, header, _row(runtime, lock), most):
                progress()
        for _ in slices.merge_all(runtime, lock, header):
            progress()
        if _all_merged(runtime, lock):
            break
    _end(runtime, lock, Status.DONE)


def _all_merged(runtime: Runtime, lock: JobLock) -> bool:
    """Whether every valid line is merged; if not, a database crash lost staged lines, and the import is reset to its
    first line."""
    with runtime.transaction() as session:
        row = session.get_one(RegistryImport, lock.row_id)
        if row.lines_merged == row.lines_good:
            return True
        log.warning("registry lines lost with the database, read again", import_id=str(lock.row_id))
        session.execute(delete(RegistryImportError).where(RegistryImportError.import_id == lock.row_id))
        lock.hold(session, lines_done=0, lines_good=0, lines_bad=0, lines_merged=0)
        return False


def _row(runtime: Runtime, lock: JobLock) -> RegistryImport:
    with runtime.read_only() as session:
        return session.execute(select(RegistryImport).where(RegistryImport.id == lock.row_id)).scalar_one()


def _note_header(runtime: Runtime, lock: JobLock, unknown: list[str], total: int) -> None:
    with runtime.transaction() as session:
        lock.hold(session, unknown_columns=unknown, lines_total=total)


def _count_lines(storage: Storage, key: str) -> int:
    with storage.open(key) as stream:
        return csv_lines.count(stream)


def _end(runtime: Runtime, lock: JobLock, status: Status, **changes: Any) -> None:
    """Ends the import and updates open campaigns; erases the file, full of names, once it is read."""
    with runtime.transaction() as session:
        session.execute(delete(RegistrySlice).where(RegistrySlice.import_id == lock.row_id))
        errors.keep_first(session, lock.row_id)
        lock.release(session, status=status.value, ended_at=clock.now(), **changes)
        row = session.execute(select(RegistryImport).where(RegistryImport.id == lock.row_id)).scalar_one()
        session.execute(delete(Staged).where(Staged.c.import_id == lock.row_id))
        if status is Status.DONE and row.created_tenancies + row.updated_tenancies:
            _join_open_campaigns(session, row)
        after = {"status": status.value, "good": row.lines_good, "bad": row.lines_bad}
        journal.record(
            session,
            actor=row.sent_by,
            action="registry.ended",
            subject=row.id,
            perimeter=row.caf_code or "",
            after=after,
        )
    erase_read(runtime)


def erase_read(runtime: Runtime) -> None:
    """Erases the files already read, including one left by a worker killed just before erasing it."""
    ended = RegistryImport.status.in_([Status.DONE.value, Status.REFUSED.value])
    with runtime.transaction() as session:
        rows = select(RegistryImport).where(ended, RegistryImport.storage_key != "")
        for row in session.execute(rows.with_for_update(skip_locked=True)).scalars():
            Storage(runtime.settings.storage_url).delete(row.storage_key)
            row.storage_key = ""


def _join_open_campaigns(session: Session, row: RegistryImport) -> None:
    """Adds new tenancies to open campaigns; checks corrected leases again."""
    opened = select(Campaign).where(Campaign.phase == Phase.OPEN.value)
    if row.caf_code:
        opened = opened.where(Campaign.caf_code == row.caf_code)
    for campaign in session.execute(opened).scalars():
        opening.complete(session, campaign, actor=row.sent_by)
