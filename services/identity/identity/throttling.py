"""Counts tries in the database, so that all processes see the same count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from chassis import clock
from chassis import runtime as runtimes
from chassis.db import upsert
from chassis.runtime import Runtime
from sqlalchemy import Table, bindparam, delete, update
from sqlalchemy.orm import Session

from identity.derived import keyed_digest
from identity.domain.throttle import Failures, Policy, one_more, remaining_wait
from identity.models import Throttle
from identity.settings import settings_of

# Of the table and built once: they run at each try, and making such statements costs more than running them.
_TABLE = cast(Table, Throttle.__table__)
_SUBJECT = _TABLE.c.subject == bindparam("counted")
_COUNT, _FORGET = update(_TABLE).where(_SUBJECT), delete(_TABLE).where(_SUBJECT)
_AS_IT_WAS = {"failures": _TABLE.c.failures}
# By the dialect's name.
_LOCK: dict[str, Any] = {}
_GIVE_BACK = update(_TABLE).where(_SUBJECT, _TABLE.c.failures > 0).values(failures=_TABLE.c.failures - 1)


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
    policies = {_key(session, counter): counter.policy for counter in counters}
    known = _locked(session, list(policies), now)
    wait = max(remaining_wait(policy, known[subject], now) for subject, policy in policies.items())
    if not wait:
        counted = [(subject, one_more(policy, known[subject], now).count) for subject, policy in policies.items()]
        session.execute(_COUNT, [{"counted": subject, "failures": count, "last_at": now} for subject, count in counted])
    return wait


def forget(session: Session, counter: Counter) -> None:
    """The try succeeded: the subject starts afresh."""
    session.execute(_FORGET, {"counted": _key(session, counter)})


def give_back(session: Session, counter: Counter) -> None:
    """The try succeeded: it does not count, but other failures of the same network still do."""
    session.execute(_GIVE_BACK, {"counted": _key(session, counter)})


def purge(runtime: Runtime) -> None:
    """Forgets what no policy remembers any more."""
    with runtime.transaction() as session:
        session.execute(delete(Throttle).where(Throttle.last_at < clock.now() - timedelta(hours=24)))


def _locked(session: Session, subjects: Sequence[str], now: datetime) -> dict[str, Failures]:
    """Made or locked by one statement: the first tries, arriving all together, would else each count as the first."""
    dialect = session.get_bind().dialect.name
    if dialect not in _LOCK:
        made = upsert(session, _TABLE).on_conflict_do_update(index_elements=["subject"], set_=_AS_IT_WAS)
        _LOCK[dialect] = made.returning(*_TABLE.c)
    new = [{"subject": subject, "failures": 0, "last_at": now} for subject in subjects]
    return {row.subject: Failures(row.failures, row.last_at) for row in session.execute(_LOCK[dialect], new)}


def _key(session: Session, counter: Counter) -> str:
    return keyed_digest(settings_of(runtimes.of(session)), counter.kind, counter.subject)
