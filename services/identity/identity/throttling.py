"""Counts tries in the database, so that all processes see the same count."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any, cast

from chassis import clock
from chassis import runtime as runtimes
from chassis.db import upsert
from chassis.problems import TooManyRequests
from chassis.runtime import Runtime
from sqlalchemy import Table, bindparam, delete, update
from sqlalchemy.orm import Session

from identity.domain.guessing import Counts
from identity.domain.throttle import Counter, Failures, one_more, remaining_wait
from identity.key_derivation import keyed_digest
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


class UnknownDevice(TooManyRequests, status=HTTPStatus.TOO_MANY_REQUESTS, code="unknown-device"):
    """Too many failed from devices that the account does not know: this one must first be known."""

    title = "Trop d’essais depuis des appareils que ce compte ne connaît pas. Demandez un lien par courriel."


def admit(session: Session, counts: Counts) -> None:
    """Counts the try, as `take`. Raises UnknownDevice, or TooManyRequests with the wait."""
    waits = take_each(session, counts.counters)
    if not any(waits):
        return
    refused = UnknownDevice if counts.in_all is not None and waits[-1] else TooManyRequests
    raise refused(ceil(max(waits).total_seconds()))


def succeeded(session: Session, counts: Counts) -> None:
    """The try does not count after all, nor those that failed before it; those of others on the same network do."""
    if counts.shared is not None:
        give_back(session, counts.shared)
    afresh = [one for one in (counts.own, counts.in_all) if one is not None]
    session.execute(_FORGET, [{"counted": _key(session, one)} for one in afresh])


def take(session: Session, counters: Iterable[Counter]) -> timedelta:
    """Zero when the try may go on, and then it is already counted: twenty guesses at once cannot all slip through.

    Otherwise the longest wait, and nothing is counted: waiting is not made longer by asking.
    """
    return max(take_each(session, counters))


def take_each(session: Session, counters: Iterable[Counter]) -> list[timedelta]:
    """As `take`, with the wait that each asks for."""
    now = clock.now()
    policies = {_key(session, counter): counter.policy for counter in counters}
    known = _locked(session, list(policies), now)
    waits = [remaining_wait(policy, known[subject], now) for subject, policy in policies.items()]
    if not any(waits):
        counted = [(subject, one_more(policy, known[subject], now).count) for subject, policy in policies.items()]
        session.execute(_COUNT, [{"counted": subject, "failures": count, "last_at": now} for subject, count in counted])
    return waits


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
