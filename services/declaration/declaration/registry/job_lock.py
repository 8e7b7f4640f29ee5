"""Job lock on registry imports: which worker reads which file."""

from enum import StrEnum
from typing import Any

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy.orm import Session

from declaration import job_lock
from declaration.job_lock import MOST_ATTEMPTS, JobLock, JobLockLost
from declaration.models import RegistryImport

__all__ = ["MOST_ATTEMPTS", "JobLock", "JobLockLost", "Status", "claim", "held"]


class Status(StrEnum):
    """Status of an import."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


def claim(runtime: Runtime) -> JobLock | None:
    """Claims the oldest file that waits or whose worker's lock expired; None when there is none."""
    waiting = RegistryImport.status.in_([Status.RECEIVED.value, Status.RUNNING.value])
    with runtime.transaction() as session:
        claimed = job_lock.claim(session, RegistryImport, waiting, RegistryImport.received_at)
        if claimed is None:
            return None
        lock, row = claimed
        row.status = Status.RUNNING.value
        row.started_at = row.started_at or clock.now()
        return lock


def held(session: Session, lock: JobLock, **changes: Any) -> None:
    """Renews the lock and changes the row, in the work's own transaction. Raises JobLockLost."""
    job_lock.held(session, RegistryImport, lock, **changes)
