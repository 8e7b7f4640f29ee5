"""Counts attempts in the database, so that all processes share the count."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from math import ceil
from typing import NamedTuple, cast

from chassis import clock
from chassis import runtime as runtimes
from chassis.problems import TooManyRequests
from chassis.runtime import Runtime
from sqlalchemy import Executable, Table, and_, case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import keyed_digest
from identity.domain.guessing import Counts
from identity.domain.throttle import Counter, Failures, one_more, remaining_wait
from identity.models import Throttle
from identity.settings import settings_of

_TABLE = cast(Table, Throttle.__table__)


class _Statements(NamedTuple):
    """Each runs once for all counters of an attempt, and locks their rows in the order given."""

    lock: Executable
    keep: Executable
    settle: Executable


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
    kept = [(one, 1 if one is counts.shared else 0) for one in counts.counters]
    now = clock.now()
    session.execute(
        _statements(session.get_bind().dialect.name).settle,
        [{"subject": _key(session, one), "failures": others, "last_at": now} for one, others in kept],
    )


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
        counted = [
            {"subject": subject, "failures": one_more(policy, known[subject], now).count, "last_at": now}
            for subject, policy in policies.items()
        ]
        session.execute(_statements(session.get_bind().dialect.name).keep, counted)
    return waits


def purge(runtime: Runtime) -> None:
    """Deletes counts that every policy ignores by now."""
    with runtime.transaction() as session:
        session.execute(delete(Throttle).where(Throttle.last_at < clock.now() - timedelta(hours=24)))


def _locked(session: Session, subjects: Sequence[str], now: datetime) -> dict[str, Failures]:
    """Inserts or locks in one statement: otherwise simultaneous first attempts would each count as the first."""
    new = [{"subject": subject, "failures": 0, "last_at": now} for subject in subjects]
    rows = session.execute(_statements(session.get_bind().dialect.name).lock, new)
    return {subject: Failures(failures, last_at) for subject, failures, last_at in rows}


@lru_cache(maxsize=2)
def _statements(dialect: str) -> _Statements:
    """Core statements, built once: they run at each attempt, and building them costs more than running them."""
    new = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    given, columns = new.excluded, _TABLE.c
    # Given as one: others still count.
    others = case((and_(given.failures == 1, columns.failures > 0), columns.failures - 1), else_=0)
    changes = (
        {"failures": columns.failures},
        {"failures": given.failures, "last_at": given.last_at},
        {"failures": others},
    )
    # With RETURNING several rows make one statement.
    return _Statements(
        *(new.on_conflict_do_update(index_elements=["subject"], set_=change).returning(*columns) for change in changes)
    )


def _key(session: Session, counter: Counter) -> str:
    return keyed_digest(settings_of(runtimes.of(session)), counter.kind, counter.subject)
