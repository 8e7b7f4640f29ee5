"""Who reads which file: one worker at a time, until its lease ends; then another takes over where it stopped."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import changed
from chassis.ids import new_id
from chassis.runtime import Runtime
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from declaration.models import RegistryImport

# Far above the seconds a batch takes; a killed worker's file waits no longer than this.
LEASE_SECONDS = 60
MOST_ATTEMPTS = 5


class Status(StrEnum):
    """Where an import stands."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class LeaseLost(Exception):
    """Another worker has taken the import over: what this one is doing must not commit."""


@dataclass(frozen=True)
class Lease:
    import_id: UUID
    worker: UUID


def claim(runtime: Runtime) -> Lease | None:
    """The oldest file that waits or whose worker is gone; None when there is none."""
    lease_end = clock.now()
    free = or_(RegistryImport.leased_until.is_(None), RegistryImport.leased_until < lease_end)
    with runtime.transaction() as session:
        waiting = (
            select(RegistryImport)
            .where(RegistryImport.status.in_([Status.RECEIVED.value, Status.RUNNING.value]), free)
            .order_by(RegistryImport.received_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = session.execute(waiting).scalar_one_or_none()
        if row is None:
            return None
        row.worker = new_id()
        row.leased_until = clock.now() + timedelta(seconds=LEASE_SECONDS)
        row.status = Status.RUNNING.value
        row.started_at = row.started_at or clock.now()
        row.attempts += 1
        return Lease(row.id, row.worker)


def held(session: Session, lease: Lease, **changes: Any) -> None:
    """Renews the lease and changes the row, in the transaction of the work itself. Raises LeaseLost."""
    mine = update(RegistryImport).where(RegistryImport.id == lease.import_id, RegistryImport.worker == lease.worker)
    renewed = {"leased_until": clock.now() + timedelta(seconds=LEASE_SECONDS), **changes}
    if not changed(session.execute(mine.values(**renewed))):
        raise LeaseLost
