"""Transactional outbox: events commit with the change they describe.

A relay reads pending rows and marks them sent only once the receiver has stored them; see `runner.relay`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, func, insert, select, text, update
from sqlalchemy.orm import Session

from chassis import clock, event_schemas, runtime, tracing
from chassis.events import Event

CHANNEL = "bailleurs_outbox"
RETRY_SECONDS = (1, 2, 5, 10, 30, 60)


def table(session: Session) -> Table:
    return runtime.of(session).service.metadata.tables["outbox"]


def publish(
    session: Session,
    event_type: str,
    subject: UUID | str,
    data: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> Event:
    """Adds the event to the caller's transaction; never commits. Raises EventRefused if it breaks its schema."""
    here = runtime.of(session)
    cause: Event | None = session.info.get("handling")
    event = Event(
        type=event_type,
        subject=str(subject),
        source=here.name,
        data=data,
        personal=personal or {},
        traceparent=tracing.current_traceparent(),
        correlation_id=cause.correlation_id if cause else tracing.current_trace_id(),
        causation_id=str(cause.id) if cause else "",
    )
    event_schemas.check(here.service, event)
    row = {
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "envelope": event.to_envelope(here.settings),
        "created_at": event.time,
        "next_attempt_at": event.time,
    }
    session.connection().execute(insert(table(session)), row)
    if not session.info.get("published") and session.get_bind().dialect.name == "postgresql":
        # PostgreSQL delivers it at commit to the worker process that relays for this service.
        session.execute(text(f"NOTIFY {CHANNEL}"))
    session.info["published"] = True
    return event


def claim(session: Session, limit: int) -> Sequence[Row[Any]]:
    """Pending rows that are due, oldest first, locked for this transaction where the database can."""
    outbox = table(session)
    due = (outbox.c.sent_at.is_(None)) & (outbox.c.next_attempt_at <= clock.now())
    columns = outbox.c["seq", "event_id", "type", "subject", "envelope", "attempts"]
    statement = select(*columns).where(due).order_by(outbox.c.seq).limit(limit).with_for_update(skip_locked=True)
    return session.execute(statement).all()


def next_due(session: Session) -> datetime | None:
    """When the next row is due, maybe in the past; None when no row waits."""
    outbox = table(session)
    first = select(func.min(outbox.c.next_attempt_at)).where(outbox.c.sent_at.is_(None))
    due: datetime | None = session.execute(first).scalar_one()
    return due


def mark_sent(session: Session, sequence_numbers: Sequence[int]) -> None:
    outbox = table(session)
    session.execute(update(outbox).where(outbox.c.seq.in_(sequence_numbers)).values(sent_at=clock.now(), error=None))


def mark_refused(session: Session, row: Row[Any], error: str) -> None:
    """Records a refusal (unroutable, refused by the broker): retried later without limit, and visible in a metric."""
    outbox = table(session)
    wait = RETRY_SECONDS[min(row.attempts, len(RETRY_SECONDS) - 1)]
    later = clock.now() + timedelta(seconds=wait)
    refused = update(outbox).where(outbox.c.seq == row.seq)
    session.execute(refused.values(attempts=row.attempts + 1, next_attempt_at=later, error=error[:200]))
