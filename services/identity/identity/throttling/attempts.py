"""Counts attempts in the database, so that all processes share the count."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import cast

from chassis import clock
from chassis import runtime as runtimes
from chassis.db import upsert
from chassis.problems import TooManyRequests
from chassis.runtime import Runtime
from sqlalchemy import Executable, Table, bindparam, delete, update
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import keyed_digest
from identity.domain.guessing import Counts
from identity.domain.throttle import Counter, Failures, one_more, remaining_wait
from identity.models import Throttle
from identity.settings import settings_of

# Core statements, built once: they run at each attempt, and building them costs more than running them.
_TABLE = cast(Table, Throttle.__table__)
_SUBJECT = _TABLE.c.subject == bindparam("counted")
_COUNT, _FORGET = update(_TABLE).where(_SUBJECT), delete(_TABLE).where(_SUBJECT)
_AS_IT_WAS = {"failures": _TABLE.c.failures}
# By the dialect's name.
_LOCK: dict[str, Executable] = {}
_GIVE_BACK = update(_TABLE).where(_SUBJECT, _TABLE.c.failures > 0).values(failures=_TABLE.c.failures - 1)


class UnknownDevice(TooManyRequests, status=HTTPStatus.TOO_MANY_REQUESTS, code="unknown-device"):
    """Too many failures from devices unknown to the account: this device must first be made known."""

    title = "Trop d’essais depuis des appareils que ce compte ne connaît pas. Demandez un lien par courriel."


def admit(session: Session, counts: Counts) -> None:
    """Counts the attempt, as `take`. Raises UnknownDevice, or TooManyRequests with the wait."""
    waits = take_each(session, counts.counters)
    if not any(waits):
        return
    refused = UnknownDevice if counts.in_all is not None and waits[-1] else TooManyRequests
    raise refused(ceil(max(waits).total_seconds()))


def succeeded(session: Session, counts: Counts) -> None:
    """Uncounts the attempt and clears the failures before it; failures of others on the same network still count."""
    if counts.shared is not None:
        give_back(session, counts.shared)
    afresh = [one for one in (counts.own, counts.in_all) if one is not None]
    session.execute(_FORGET, [{"counted": _key(session, one)} for one in afresh])


def take(session: Session, counters: Iterable[Counter]) -> timedelta:
    """Zero if the attempt may proceed; it is then already counted, so that twenty simultaneous guesses cannot all pass.

    Otherwise the longest wait, and nothing is counted: asking again does not extend it.
    """
    return max(take_each(session, counters))


def take_each(session: Session, counters: Iterable[Counter]) -> list[timedelta]:
    """As `take`, with the wait per counter."""
    now = clock.now()
    policies = {_key(session, counter): counter.policy for counter in counters}
    known = _locked(session, list(policies), now)
    waits = [remaining_wait(policy, known[subject], now) for subject, policy in policies.items()]
    if not any(waits):
        counted = [(subject, one_more(policy, known[subject], now).count) for subject, policy in policies.items()]
        session.execute(_COUNT, [{"counted": subject, "failures": count, "last_at": now} for subject, count in counted])
    return waits


def give_back(session: Session, counter: Counter) -> None:
    """Uncounts an attempt that succeeded; other failures of the same network still count."""
    session.execute(_GIVE_BACK, {"counted": _key(session, counter)})


def purge(runtime: Runtime) -> None:
    """Deletes counts that every policy ignores by now."""
    with runtime.transaction() as session:
        session.execute(delete(Throttle).where(Throttle.last_at < clock.now() - timedelta(hours=24)))


def _locked(session: Session, subjects: Sequence[str], now: datetime) -> dict[str, Failures]:
    """Inserts or locks in one statement: otherwise simultaneous first attempts would each count as the first."""
    dialect = session.get_bind().dialect.name
    if dialect not in _LOCK:
        made = upsert(session, _TABLE).on_conflict_do_update(index_elements=["subject"], set_=_AS_IT_WAS)
        _LOCK[dialect] = made.returning(*_TABLE.c)
    new = [{"subject": subject, "failures": 0, "last_at": now} for subject in subjects]
    return {row.subject: Failures(row.failures, row.last_at) for row in session.execute(_LOCK[dialect], new)}


def _key(session: Session, counter: Counter) -> str:
    return keyed_digest(settings_of(runtimes.of(session)), counter.kind, counter.subject)
