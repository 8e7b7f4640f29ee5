"""Detects attacks visible only in total: many logins tried once each, from many networks."""

from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from chassis import clock
from chassis import runtime as runtimes
from chassis.db import upsert
from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import keyed_digest
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Throttle
from identity.settings import settings_of

WINDOW = timedelta(minutes=10)
HOUR = timedelta(hours=1)
log = structlog.get_logger()
# Failures in the busier of this window and the previous one: read with the account that an attempt is for. Core
# columns, since statements of entities cost more; needs the parameters of `windows`.
_COUNTS = cast(Table, Throttle.__table__).c
FAILURES = (
    select(func.coalesce(func.max(_COUNTS.failures), 0))
    .where(_COUNTS.subject.in_((bindparam("this"), bindparam("before"))))
    .scalar_subquery()
)


def windows(session: Session) -> dict[str, str]:
    now = clock.now()
    return {
        name: _key(session, "sign-in failures", moment, WINDOW)
        for name, moment in (("this", now), ("before", now - WINDOW))
    }


def rings(session: Session, failures: int) -> bool:
    """True if so many failures reach the threshold of the settings."""
    return failures >= settings_of(runtimes.of(session)).sign_in_failures_alarm


def note_failure(session: Session) -> None:
    """Counts a failed sign-in; the one that reaches the threshold is written to the log and the journal."""
    threshold = settings_of(runtimes.of(session)).sign_in_failures_alarm
    if _one_more(session, "sign-in failures", WINDOW) == threshold:
        log.warning("many sign-ins fail", failures=threshold, minutes=WINDOW // timedelta(minutes=1))
        record(session, Kind.ALARM, None, details={"failures": threshold})


def too_many_recoveries(session: Session) -> bool:
    """Counts a recovery of a known account, by anybody: each costs a message, by letter also postage."""
    most = settings_of(runtimes.of(session)).recoveries_per_hour
    count = _one_more(session, "recoveries", HOUR)
    if count == most + 1:
        log.warning("recoveries wait until the hour ends", limit=most)
    return count > most


def next_hour() -> datetime:
    """When the current hourly count ends."""
    return datetime.fromtimestamp((clock.now().timestamp() // HOUR.total_seconds() + 1) * HOUR.total_seconds(), UTC)


def _one_more(session: Session, kind: str, window: timedelta) -> int:
    """The count of the window, including this one; one statement increments it, so that none is lost."""
    now = clock.now()
    row = upsert(session, Throttle).values(subject=_key(session, kind, now, window), failures=1, last_at=now)
    more = {"failures": Throttle.failures + 1, "last_at": now}
    counted = row.on_conflict_do_update(index_elements=["subject"], set_=more).returning(Throttle.failures)
    return int(session.execute(counted).scalar_one())


def _key(session: Session, kind: str, moment: datetime, window: timedelta) -> str:
    return keyed_digest(settings_of(runtimes.of(session)), kind, str(int(moment.timestamp() // window.total_seconds())))
