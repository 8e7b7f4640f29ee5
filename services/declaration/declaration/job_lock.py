"""Background work on rows, one worker per row at a time; when its lock expires, another worker resumes the work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from chassis import clock
from chassis.db import changed
from chassis.ids import new_id
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

log = structlog.get_logger()
Row = TypeVar("Row")
# Far longer than a batch takes (seconds); work held by a killed worker waits no longer than this.
LOCK_SECONDS = 60
MOST_ATTEMPTS = 5


class JobLockLost(Exception):
    """Another worker has taken over: this one must not commit."""


@dataclass(frozen=True)
class JobLock:
    table: Any
    row_id: UUID
    worker: UUID

    def hold(self, session: Session, **changes: Any) -> None:
        """Renews the lock and changes the row, in the work's own transaction. Raises JobLockLost."""
        mine = update(self.table).where(self.table.id == self.row_id, self.table.worker == self.worker)
        if not changed(session.execute(mine.values(**{**taken(self.worker), **changes}))):
            raise JobLockLost

    def release(self, session: Session, **changes: Any) -> None:
        """Ends the lock with the work. Raises JobLockLost."""
        self.hold(session, **taken(None), **changes)


@dataclass(frozen=True)
class Jobs(Generic[Row]):
    """The rows of a table that wait for a worker; `begin` marks a row as claimed."""

    table: type[Row]
    waiting: ColumnElement[bool]
    oldest: Any
    begin: Callable[[Row], object] = lambda _row: None

    def run_waiting(self, runtime: Runtime, work: Callable[[Runtime, JobLock, Row], object]) -> None:
        """Works on each row that waits, and on those left by a killed worker, the oldest first."""
        while (claimed := self.claim(runtime)) is not None:
            with until_taken_over(claimed[0]):
                work(runtime, *claimed)

    def claim(self, runtime: Runtime) -> tuple[JobLock, Row] | None:
        """The oldest row that waits or whose lock expired; None when there is none."""
        table: Any = self.table
        free = or_(table.leased_until.is_(None), table.leased_until < clock.now())
        statement = select(table).where(self.waiting, free).order_by(self.oldest).limit(1)
        with runtime.transaction() as session:
            row = session.execute(statement.with_for_update(skip_locked=True)).scalar_one_or_none()
            if row is None:
                return None
            lock = JobLock(table, row.id, new_id())
            row.attempts += 1
            for name, value in taken(lock.worker).items():
                setattr(row, name, value)
            self.begin(row)
            return lock, row


def taken(worker: UUID | None) -> dict[str, UUID | datetime | None]:
    """The columns that lock a row for this worker; unlocked for None."""
    return {"worker": worker, "leased_until": clock.now() + timedelta(seconds=LOCK_SECONDS) if worker else None}


@contextmanager
def until_taken_over(lock: JobLock) -> Iterator[None]:
    """Ends the work without an error when another worker has the row: it continues there."""
    try:
        yield
    except JobLockLost:
        log.warning("job taken over", table=lock.table.__tablename__, row_id=str(lock.row_id))
