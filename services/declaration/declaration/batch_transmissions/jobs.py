"""Transmits a batch: a few declarations per transaction, with the code of a single one. Resumes after a crash.

A declaration, its version, its event and the mark on its line commit together: nothing is transmitted twice.
"""

from uuid import UUID

import structlog
from chassis import clock
from chassis.auth import Caller
from chassis.problems import Conflict, Invalid
from chassis.runtime import Runtime
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from declaration.batch_transmissions import publishes
from declaration.batch_transmissions.states import BatchStatus, LineStatus
from declaration.declaration_imports.jobs import sender
from declaration.domain.states import LABELS, State
from declaration.filing import commands, loading
from declaration.filing.loading import LoadedDeclaration
from declaration.grid.commands import UNKNOWN
from declaration.job_lock import JobLock, JobLockLost, Jobs
from declaration.models import BatchTransmission, BatchTransmissionLine

log = structlog.get_logger()
BATCH = 25
LONGEST_DETAIL = 1_000
# The database is down, or another worker has the batch: not the declaration's fault.
NOT_THEIRS = (JobLockLost, OperationalError, InterfaceError)
FAILED = (
    "failed",
    "Cette déclaration n’a pas pu être transmise. Transmettez-la depuis sa page, ou prévenez le support.",
)


def _begin(batch: BatchTransmission) -> None:
    batch.status = BatchStatus.RUNNING.value


JOBS = Jobs(
    BatchTransmission,
    BatchTransmission.status.in_([BatchStatus.RECEIVED.value, BatchStatus.RUNNING.value]),
    BatchTransmission.requested_at,
    _begin,
)


def transmit_waiting(runtime: Runtime) -> None:
    """Periodic job: transmits the waiting batches, and those left by a killed worker."""
    JOBS.run_waiting(runtime, _run)


def _run(runtime: Runtime, lock: JobLock, batch: BatchTransmission) -> None:
    caller = sender(batch)
    while wanted := _waiting(runtime, batch.id):
        try:
            _transmit(runtime, lock, batch, caller, wanted)
        except NOT_THEIRS:
            raise
        except Exception as error:
            # One of them fails unexpectedly: retry each alone, so that it does not block the others.
            log.error("part of a batch failed", lot_id=str(batch.id), error=type(error).__name__)
            for one in wanted:
                _alone(runtime, lock, batch, caller, one)
    with runtime.transaction() as session:
        ended = clock.now()
        lock.release(session, status=BatchStatus.DONE.value, ended_at=ended)
        publishes.done(session, batch, ended)


def _waiting(runtime: Runtime, lot_id: UUID) -> list[UUID]:
    here = (BatchTransmissionLine.lot_id == lot_id) & (BatchTransmissionLine.status == LineStatus.WAITING.value)
    statement = (
        select(BatchTransmissionLine.declaration_id)
        .where(here)
        .order_by(BatchTransmissionLine.declaration_id)
        .limit(BATCH)
    )
    with runtime.read_only() as session:
        return list(session.execute(statement).scalars())


def _transmit(runtime: Runtime, lock: JobLock, batch: BatchTransmission, caller: Caller, wanted: list[UUID]) -> None:
    with runtime.transaction() as session:
        lock.hold(session)
        still = BatchTransmissionLine.declaration_id.in_(wanted) & (
            BatchTransmissionLine.status == LineStatus.WAITING.value
        )
        statement = (
            select(BatchTransmissionLine)
            .where(BatchTransmissionLine.lot_id == batch.id, still)
            .order_by(BatchTransmissionLine.declaration_id)
        )
        lines = session.execute(statement).scalars().all()
        found = loading.many(session, caller, [line.declaration_id for line in lines], change=True)
        for line in lines:
            _line(session, batch, line, found.get(line.declaration_id))


def _line(
    session: Session, batch: BatchTransmission, line: BatchTransmissionLine, loaded: LoadedDeclaration | None
) -> None:
    if loaded is None:
        _refuse(line, UNKNOWN.code, UNKNOWN.detail)
    elif loaded.state is not State.DRAFT:
        label = LABELS[loaded.state]
        _refuse(line, "not_draft", f"Cette déclaration est à l’état « {label} » : il n’y a rien à transmettre.")
    elif loaded.row.revision != line.revision:
        said = "Cette déclaration a été modifiée depuis votre demande. Relisez-la, puis transmettez-la."
        _refuse(line, "changed", said)
    else:
        _try(session, batch, line, loaded)


def _try(session: Session, batch: BatchTransmission, line: BatchTransmissionLine, loaded: LoadedDeclaration) -> None:
    try:
        line.version = commands.transmit(session, loaded, lot_id=batch.id).version
        line.status = LineStatus.TRANSMITTED.value
    except Invalid as missing:
        to_confirm = all(error.pointer.startswith("/confirmations/") for error in missing.errors)
        said = " ".join(error.detail for error in missing.errors)
        _refuse(line, "to_confirm" if to_confirm else "incomplete", said)
    except Conflict as refused:
        _refuse(line, "filing_closed", refused.detail)


def _refuse(line: BatchTransmissionLine, code: str, detail: str) -> None:
    line.status, line.code, line.detail = LineStatus.REFUSED.value, code, detail[:LONGEST_DETAIL]


def _alone(runtime: Runtime, lock: JobLock, batch: BatchTransmission, caller: Caller, one: UUID) -> None:
    try:
        _transmit(runtime, lock, batch, caller, [one])
    except NOT_THEIRS:
        raise
    except Exception as error:
        log.error("declaration of a batch failed", lot_id=str(batch.id), error=type(error).__name__)
        with runtime.transaction() as session:
            lock.hold(session)
            here = (BatchTransmissionLine.lot_id == batch.id) & (BatchTransmissionLine.declaration_id == one)
            _refuse(session.execute(select(BatchTransmissionLine).where(here)).scalar_one(), *FAILED)
