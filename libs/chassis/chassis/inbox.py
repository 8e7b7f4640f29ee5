"""Transactional inbox: an event is stored once per consumer, acknowledged, then handled in one transaction.

An event that keeps failing becomes a visible row (`dead_at`, `error`) that can be replayed.
"""

import traceback
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, Table, select, update
from sqlalchemy.orm import Session

from chassis import clock, events, runtime, tracing
from chassis.db import changed, insert_new
from chassis.runtime import Runtime

log = structlog.get_logger()
BACKOFF_SECONDS = (0.2, 1, 5, 15, 60, 300, 900)


def table(session: Session) -> Table:
    return runtime.of(session).service.metadata.tables["inbox"]


def receive(session: Session, envelopes: Iterable[str | bytes]) -> int:
    """Stores the new envelopes; returns how many were new. Raises EventUnreadable before storing any."""
    here = runtime.of(session)
    now = clock.now()
    rows = [
        {
            "consumer": here.name,
            "event_id": head.id,
            "type": head.type,
            "subject": head.subject,
            "envelope": text.decode() if isinstance(text, bytes) else text,
            "received_at": now,
            "next_attempt_at": now,
        }
        for text, head in [(text, events.head(text)) for text in envelopes]
    ]
    if not rows:
        return 0
    return insert_new(session, table(session), rows)


def process_next(here: Runtime) -> bool:
    """Handles the oldest due row, if any; returns whether there was one.

    The effect, what the handler publishes, and "done" commit together. A failure undoes the effect (savepoint) and
    is recorded in the transaction that still holds the row, so that no other worker takes it in between.
    """
    with here.transaction() as session:
        row = _claim(session)
        if row is None:
            return False
        try:
            with session.begin_nested():
                _handle(session, row)
            _mark_done(session, row)
        except Exception as error:
            _record_failure(session, row, error)
    return True


def _claim(session: Session) -> Row[Any] | None:
    inbox = table(session)
    due = inbox.c.done_at.is_(None) & inbox.c.dead_at.is_(None) & (inbox.c.next_attempt_at <= clock.now())
    return session.execute(
        select(inbox).where(due).order_by(inbox.c.seq).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()


def _handle(session: Session, row: Row[Any]) -> None:
    here = runtime.of(session)
    event = events.from_envelope(row.envelope, here.settings)
    session.info["handling"] = event
    try:
        with tracing.span(f"handle {event.type}", traceparent=event.traceparent):
            here.service.handler_of(event.type)(session, event)
            log.info("event handled", service=here.name, type=event.type, subject=event.subject, event_id=str(event.id))
    finally:
        session.info.pop("handling", None)


def _mark_done(session: Session, row: Row[Any]) -> None:
    """Keeps the identifier against duplicates and erases the content: sealed passwords and names."""
    inbox = table(session)
    done = {"done_at": clock.now(), "error": None, "envelope": ""}
    session.execute(update(inbox).where(inbox.c.seq == row.seq).values(**done))


def _record_failure(session: Session, row: Row[Any], error: BaseException) -> None:
    inbox = table(session)
    settings = runtime.of(session).settings
    attempts = row.attempts + 1
    # The place of the error, not its message: exception messages may hold personal data.
    place = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__} at {place.name}:{place.lineno}"
    dead = attempts >= settings.inbox_max_attempts or isinstance(error, events.EventUnreadable)
    wait = BACKOFF_SECONDS[min(attempts - 1, len(BACKOFF_SECONDS) - 1)]
    later, dead_at = clock.now() + timedelta(seconds=wait), clock.now() if dead else None
    failed = update(inbox).where(inbox.c.seq == row.seq)
    session.execute(failed.values(attempts=attempts, error=told, next_attempt_at=later, dead_at=dead_at))
    log.warning("event failed", service=settings.service, type=row.type, attempts=attempts, dead=dead, error=told)


def replay(session: Session, event_id: UUID | None = None) -> int:
    """Makes dead rows (one, or all) due again; returns how many. Done rows are never handled again."""
    inbox = table(session)
    statement = update(inbox).where(inbox.c.dead_at.is_not(None))
    if event_id is not None:
        statement = statement.where(inbox.c.event_id == event_id)
    values = {"dead_at": None, "attempts": 0, "next_attempt_at": clock.now()}
    return changed(session.execute(statement.values(**values)))
