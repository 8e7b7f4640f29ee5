"""Housekeeping that a worker does for every service: reports stuck events, purges old rows.

The queues are tables of the service's database: the chassis fills and processes them.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from chassis import clock, inbox, outbox
from chassis.db import changed
from chassis.runtime import Periodic, Runtime
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

log = structlog.get_logger()
STUCK_SECONDS = 60
# Sent rows are kept for a while so that an event can be looked up.
SENT_KEPT = timedelta(days=14)
# Done rows detect duplicates: kept longer than any broker would hold a message.
DONE_KEPT = timedelta(days=30)
# Clients repeat a request within days; draft-ietf-httpapi-idempotency-key asks to publish how long keys are kept.
KEYS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Backlog:
    """Pending events, the age of the oldest in seconds, and dead events."""

    pending: int
    oldest_seconds: float
    dead: int = 0


def to_send(session: Session) -> Backlog:
    table = outbox.table(session)
    waiting = select(func.count(), func.min(table.c.created_at)).where(table.c.sent_at.is_(None))
    count, oldest = session.execute(waiting).one()
    return Backlog(count, (clock.now() - oldest).total_seconds() if oldest else 0.0)


def to_handle(session: Session) -> Backlog:
    table = inbox.table(session)
    waiting = table.c.done_at.is_(None) & table.c.dead_at.is_(None)
    count, oldest = session.execute(select(func.count(), func.min(table.c.received_at)).where(waiting)).one()
    dead = session.execute(select(func.count()).where(table.c.dead_at.is_not(None))).scalar_one()
    return Backlog(count, (clock.now() - oldest).total_seconds() if oldest else 0.0, dead)


def forget_sent(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        table = outbox.table(session)
        return changed(session.execute(delete(table).where(table.c.sent_at < clock.now() - SENT_KEPT)))


def forget_done(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        table = inbox.table(session)
        return changed(session.execute(delete(table).where(table.c.done_at < clock.now() - DONE_KEPT)))


def forget_keys(runtime: Runtime) -> int:
    table = runtime.service.metadata.tables["idempotency_key"]
    with runtime.transaction() as session:
        return changed(session.execute(delete(table).where(table.c.created_at < clock.now() - KEYS_KEPT)))


def sweep(runtime: Runtime) -> None:
    """Logs what is stuck under the runbook's name; metrics report the same to monitoring."""
    with runtime.read_only() as session:
        out, into = to_send(session), to_handle(session)
    for name, backlog in (("outbox", out), ("inbox", into)):
        if backlog.oldest_seconds > STUCK_SECONDS:
            age = round(backlog.oldest_seconds)
            log.warning(f"{name} stuck", service=runtime.name, pending=backlog.pending, oldest_seconds=age)
    if into.dead:
        log.warning("dead events", service=runtime.name, dead=into.dead)


JOBS = (
    Periodic("sweep", 60, sweep),
    Periodic("forget sent events", 3600, forget_sent),
    Periodic("forget done events", 3600, forget_done),
    Periodic("forget idempotency keys", 3600, forget_keys),
)
