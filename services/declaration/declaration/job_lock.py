"""Job lock: background work is a row held by one worker at a time; when the lock expires, another resumes the work."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import changed
from chassis.ids import new_id
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

# Far longer than a batch takes (seconds); work held by a killed worker waits no longer than this.
LOCK_SECONDS = 60
MOST_ATTEMPTS = 5


class JobLockLost(Exception):
    """Another worker has taken over: this one must not commit."""


@dataclass(frozen=True)
class JobLock:
    row_id: UUID
    worker: UUID


def taken(worker: UUID | None) -> dict[str, Any]:
    """The columns that lock a row for this worker as it inserts it; unlocked for None."""
    return {"worker": worker, "leased_until": clock.now() + timedelta(seconds=LOCK_SECONDS) if worker else None}


def claim(session: Session, table: Any, waiting: ColumnElement[bool], oldest: Any) -> tuple[JobLock, Any] | None:
    """Claims the oldest row that waits or whose lock expired, with its lock; None when there is none."""
    free = or_(table.leased_until.is_(None), table.leased_until < clock.now())
    statement = select(table).where(waiting, free).order_by(oldest).limit(1).with_for_update(skip_locked=True)
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        return None
    lock = JobLock(row.id, new_id())
    row.attempts += 1
    row.worker, row.leased_until = lock.worker, clock.now() + timedelta(seconds=LOCK_SECONDS)
    return lock, row


def held(session: Session, table: Any, lock: JobLock, **changes: Any) -> None:
    """Renews the lock and changes the row, in the work's own transaction. Raises JobLockLost."""
    mine = update(table).where(table.id == lock.row_id, table.worker == lock.worker)
    if not changed(session.execute(mine.values(**{**taken(lock.worker), **changes}))):
        raise JobLockLost
