"""Background work on returned files: one worker per file until its lock ends; then another continues."""

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.runtime import Runtime
from sqlalchemy import select

from declaration.declaration_imports import applying, checking
from declaration.declaration_imports.states import UNDER_WAY, Status
from declaration.files.refusing import read_or_refuse
from declaration.job_lock import JobLock, Jobs
from declaration.models import BatchTransmission, DeclarationImport

JOBS = Jobs(
    DeclarationImport,
    DeclarationImport.status.in_([status.value for status in UNDER_WAY]),
    DeclarationImport.received_at,
)


def work(runtime: Runtime) -> None:
    """Periodic job: reads and applies the waiting files, and those left by a killed worker."""
    JOBS.run_waiting(runtime, _run)


def _run(runtime: Runtime, lock: JobLock, row: DeclarationImport) -> None:
    read_or_refuse(
        row.attempts,
        lambda: _check_or_apply(runtime, lock, row),
        lambda why: _end(runtime, lock, Status.REFUSED, refusal=why, content=None),
    )


def _check_or_apply(runtime: Runtime, lock: JobLock, row: DeclarationImport) -> None:
    caller = sender(row)
    if row.status == Status.RECEIVED:
        checking.read(runtime, lock, _content(runtime, row.id))
    if row.status != Status.APPLYING:
        checking.check(runtime, lock, caller)
        _end(runtime, lock, Status.CHECKED)
    else:
        applying.apply(runtime, lock, caller)
        _end(runtime, lock, Status.APPLIED)


def sender(row: DeclarationImport | BatchTransmission) -> Caller:
    """The sender with their current rights: a right withdrawn meanwhile counts."""
    return Caller(
        sub=row.account_id,
        kind="landlord",
        org=row.organisation_id,
        caf=None,
        supervisor=False,
        scope=frozenset(),
        amr=(),
        sid="",
    )


def _content(runtime: Runtime, import_id: UUID) -> bytes:
    with runtime.read_only() as session:
        statement = select(DeclarationImport.content).where(DeclarationImport.id == import_id)
        return session.execute(statement).scalar_one() or b""


def _end(runtime: Runtime, lock: JobLock, status: Status, **changes: Any) -> None:
    with runtime.transaction() as session:
        lock.release(session, status=status.value, ended_at=clock.now(), **changes)
