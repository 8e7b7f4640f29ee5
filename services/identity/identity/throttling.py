"""Counts tries in the database, so that all processes see the same count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis import clock
from chassis import runtime as runtimes
from chassis.db import upsert
from chassis.runtime import Runtime
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from identity.derived import keyed_digest
from identity.domain.throttle import Failures, Policy, one_more, remaining_wait
from identity.models import Throttle
from identity.settings import settings_of


@dataclass(frozen=True)
class Counter:
    """`kind` keeps a login and a user number that look alike apart."""

    policy: Policy
    kind: str
    subject: str


def take(session: Session, counters: Iterable[Counter]) -> timedelta:
    """Zero when the try may go on, and then it is already counted: twenty guesses at once cannot all slip through.

    Otherwise the longest wait, and nothing is counted: waiting is not made longer by asking.
    """
    now = clock.now()
    rows = [(counter.policy, _locked(session, counter, now)) for counter in counters]
    waits = (remaining_wait(policy, Failures(row.failures, row.last_at), now) for policy, row in rows)
    wait = max(waits, default=timedelta(0))
    if not wait:
        for policy, row in rows:
            row.failures = one_more(policy, Failures(row.failures, row.last_at), now).count
            row.last_at = now
        session.flush()
    return wait


def forget(session: Session, counter: Counter) -> None:
    """The try succeeded: the subject starts afresh."""
    session.execute(delete(Throttle).where(Throttle.subject == _key(session, counter)))


def give_back(session: Session, counter: Counter) -> None:
    """The try succeeded: it does not count, but other failures of the same network still do."""
    counted = update(Throttle).where(Throttle.subject == _key(session, counter), Throttle.failures > 0)
    session.execute(counted.values(failures=Throttle.failures - 1))


def purge(runtime: Runtime) -> None:
    """Forgets what no policy remembers any more."""
    with runtime.transaction() as session:
        session.execute(delete(Throttle).where(Throttle.last_at < clock.now() - timedelta(hours=24)))


def _locked(session: Session, counter: Counter, now: datetime) -> Throttle:
    """Made or locked by one statement: the first tries, arriving all together, would else each count as the first."""
    new = upsert(session, Throttle).values(subject=_key(session, counter), failures=0, last_at=now)
    made = new.on_conflict_do_update(index_elements=["subject"], set_={"failures": Throttle.failures})
    row: Throttle = session.scalars(made.returning(Throttle), execution_options={"populate_existing": True}).one()
    return row


def _key(session: Session, counter: Counter) -> str:
    return keyed_digest(settings_of(runtimes.of(session)), counter.kind, counter.subject)
