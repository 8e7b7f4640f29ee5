"""Transactional inbox: an event is stored once per consumer, acknowledged, then handled in one transaction.

Several events are handled in a transaction; those of one subject in order, however many workers there are.
An event that keeps failing becomes a visible row (`dead_at`, `error`) that can be replayed.
"""

import time
import traceback
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Row, Table, func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from chassis import clock, events, runtime, tracing
from chassis.db import changed, upsert
from chassis.runtime import Runtime

log = structlog.get_logger()
# One transaction holds what its handlers lock, on SQLite the whole file: few events, and not for long.
BATCH = 100
FEWEST = 8
BATCH_SECONDS = {"sqlite": 0.05, "postgresql": 0.25}
# With the time above less than PostgreSQL's deadlock_timeout, a second.
BATCH_LOCK_MILLISECONDS = 500
# A space of advisory locks of our own.
_LOCKS = 0x1B0C
BACKOFF_SECONDS = (0.2, 1, 5, 15, 60, 300, 900)


class NotYet(Exception):
    """Something the handler needs is not there yet: the event is tried again after `seconds`, and never dies of it."""

    seconds = 60


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
    inbox = table(session)
    # Rows as parameters: the statement is compiled once, however many there are.
    new = upsert(session, inbox).on_conflict_do_nothing().returning(inbox.c.seq)
    return len(session.execute(new, rows).all())


def process_due(here: Runtime) -> int:
    """Handles some of the due rows, oldest first; returns how many it tried.

    Effects, what the handlers publish, and "done" commit together. When one of them fails all are undone, and each is
    then handled in a transaction of its own: the faulty one alone counts an attempt. Sets `inbox_filled` when a row may
    be left, for now or for later.
    """
    tried = 0
    # Twice what there was time for: where a handler draws a PDF, a hundred rows would be read to handle four.
    wanted = min(BATCH, max(FEWEST, 2 * here.inbox_handled))
    try:
        with here.transaction() as session:
            rows = _claim(session, wanted)
            fresh = list(takewhile(lambda row: not row.attempts, rows))
            if not rows:
                return 0
            if not fresh:
                here.inbox_filled.set()
                return _try_alone(session, rows)
            _bound_waits(session, fresh)
            ends = time.monotonic() + BATCH_SECONDS[here.engine.dialect.name]
            for row in fresh:
                tried += 1
                _handle(session, row)
                if time.monotonic() > ends:
                    break
            _mark_done(session, fresh[:tried])
    except Exception:
        # Not a handler's: nothing was tried.
        if not tried:
            raise
        here.inbox_filled.set()
        return _one_by_one(here, tried)
    here.inbox_handled = tried
    if tried < len(rows) or len(rows) == wanted:
        here.inbox_filled.set()
    return tried


def _one_by_one(here: Runtime, count: int) -> int:
    for _ in range(count):
        with here.transaction() as session:
            _try_alone(session, _claim(session, 1))
    return count


def _try_alone(session: Session, rows: Sequence[Row[Any]]) -> int:
    """The first row. A failure undoes the effect (savepoint) and is recorded in the transaction that still holds the
    row, so that no other worker takes it in between."""
    for row in rows[:1]:
        try:
            with session.begin_nested():
                _handle(session, row)
            _mark_done(session, [row])
        except Exception as error:
            _record_failure(session, row, error)
    return len(rows[:1])


def _claim(session: Session, limit: int) -> Sequence[Row[Any]]:
    """The oldest due rows, those first whose subject has an urgent one: a right is withdrawn in two seconds, however
    many wait."""
    inbox = table(session)
    urgent = runtime.of(session).service.urgent
    ahead = _due(inbox) & inbox.c.subject.in_(select(inbox.c.subject).where(_due(inbox), inbox.c.type.in_(urgent)))
    return (urgent and _claim_of(session, ahead, limit)) or _claim_of(session, _due(inbox), limit)


def _claim_of(session: Session, due: ColumnElement[bool], limit: int) -> Sequence[Row[Any]]:
    """A subject belongs to one worker until its transaction ends: its events stay in order."""
    inbox = table(session)
    oldest = select(inbox).where(due).order_by(inbox.c.seq).limit(limit)
    # SQLite has a single writer anyway.
    if session.get_bind().dialect.name == "postgresql":
        # In a statement of its own: the next one sees what the worker that held a subject before has committed.
        mine = _own_subjects(session, due, limit)
        if not mine:
            return []
        oldest = oldest.where(inbox.c.subject.in_(mine)).with_for_update(skip_locked=True)
    return session.execute(oldest).all()


def _own_subjects(session: Session, due: ColumnElement[bool], limit: int) -> list[str]:
    """The subjects of the oldest due rows that no other worker holds; held until the end of the transaction."""
    inbox = table(session)
    oldest = select(inbox.c.subject).where(due).order_by(inbox.c.seq).limit(limit).subquery()
    subjects = select(oldest.c.subject).distinct().subquery()
    held = func.pg_try_advisory_xact_lock(func.hashtextextended(subjects.c.subject, _LOCKS))
    return [subject for subject, mine in session.execute(select(subjects.c.subject, held)) if mine]


def _due(inbox: Table) -> ColumnElement[bool]:
    return inbox.c.done_at.is_(None) & inbox.c.dead_at.is_(None) & (inbox.c.next_attempt_at <= clock.now())


def next_due(session: Session) -> datetime | None:
    """When the next row is due, maybe in the past; None when no row waits."""
    inbox = table(session)
    waiting = inbox.c.done_at.is_(None) & inbox.c.dead_at.is_(None)
    due: datetime | None = session.execute(select(func.min(inbox.c.next_attempt_at)).where(waiting)).scalar_one()
    return due


def _bound_waits(session: Session, rows: Sequence[Row[Any]]) -> None:
    """Several handlers lock rows in an order of their own, so a request may wait for them and they for it. They give up
    before PostgreSQL looks for deadlocks, and are handled one by one: the request goes on."""
    if len(rows) > 1 and session.get_bind().dialect.name == "postgresql":
        session.execute(sql(f"SET LOCAL lock_timeout = {BATCH_LOCK_MILLISECONDS}"))


def _handle(session: Session, row: Row[Any]) -> None:
    here = runtime.of(session)
    event = events.from_envelope(row.envelope, here.settings)
    session.info["handling"] = event
    try:
        with tracing.span(f"handle {event.type}", traceparent=event.traceparent):
            here.service.handler_of(event.type)(session, event)
            session.flush()
            # The next handler reads the rows as they are by then.
            session.expunge_all()
            log.info("event handled", service=here.name, type=event.type, subject=event.subject, event_id=str(event.id))
    finally:
        session.info.pop("handling", None)


def _mark_done(session: Session, rows: Sequence[Row[Any]]) -> None:
    """Keeps the identifiers against duplicates and erases the content: sealed passwords and names."""
    inbox = table(session)
    done = {"done_at": clock.now(), "error": None, "envelope": ""}
    session.execute(update(inbox).where(inbox.c.seq.in_([row.seq for row in rows])).values(**done))


def _record_failure(session: Session, row: Row[Any], error: BaseException) -> None:
    inbox = table(session)
    settings = runtime.of(session).settings
    waits = isinstance(error, NotYet)
    attempts = max(row.attempts, 1) if waits else row.attempts + 1
    # The place of the error, not its message: exception messages may hold personal data.
    place = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__} at {place.name}:{place.lineno}"
    dead = (attempts >= settings.inbox_max_attempts and not waits) or isinstance(error, events.EventUnreadable)
    wait = error.seconds if isinstance(error, NotYet) else BACKOFF_SECONDS[min(attempts - 1, len(BACKOFF_SECONDS) - 1)]
    later, dead_at = clock.now() + timedelta(seconds=wait), clock.now() if dead else None
    failed = update(inbox).where(inbox.c.seq == row.seq)
    session.execute(failed.values(attempts=attempts, error=told, next_attempt_at=later, dead_at=dead_at))
    # Each minute: it was said at start.
    tell = log.debug if waits else log.warning
    tell("event failed", service=settings.service, type=row.type, attempts=attempts, dead=dead, error=told)


def replay(session: Session, event_id: UUID | None = None) -> int:
    """Makes dead rows (one, or all) due again; returns how many. Done rows are never handled again."""
    inbox = table(session)
    statement = update(inbox).where(inbox.c.dead_at.is_not(None))
    if event_id is not None:
        statement = statement.where(inbox.c.event_id == event_id)
    values = {"dead_at": None, "attempts": 0, "next_attempt_at": clock.now()}
    return changed(session.execute(statement.values(**values)))
