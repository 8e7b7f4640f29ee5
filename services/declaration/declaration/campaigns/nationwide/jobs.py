"""Opens one Caf per transaction, each with the code of a single opening. Resumes after a crash.

The opened campaign, its declarations and the outcome on its line commit together: no Caf is opened twice or left half
open.
"""

import structlog
from chassis import clock
from chassis.problems import Conflict
from chassis.runtime import Runtime
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from declaration.campaigns import commands
from declaration.domain.campaign import Phase
from declaration.domain.nationwide import Outcome, refusal
from declaration.job_lock import MOST_ATTEMPTS, JobLock, JobLockLost, Jobs
from declaration.models import Campaign, NationalOpening, NationalOpeningLine

log = structlog.get_logger()
JOBS = Jobs(NationalOpening, NationalOpening.ended_at.is_(None), NationalOpening.requested_at)
# The database is down: not the Caf's fault, unless it happens again and again.
AWAY = (OperationalError, InterfaceError)


def open_waiting(runtime: Runtime) -> None:
    """Periodic job: continues the requested openings, and those left by a killed worker."""
    JOBS.run_waiting(runtime, _run)


def _run(runtime: Runtime, lock: JobLock, asked: NationalOpening) -> None:
    while (caf_code := _next(runtime, asked)) is not None:
        try:
            _open(runtime, lock, asked, caf_code)
        except JobLockLost:
            raise
        except Exception as error:
            if isinstance(error, AWAY) and asked.attempts < MOST_ATTEMPTS:
                raise
            log.error("campaign not opened with the others", caf_code=caf_code, error=type(error).__name__)
            _fail(runtime, lock, asked, caf_code)
    with runtime.transaction() as session:
        lock.release(session, ended_at=clock.now())


def _next(runtime: Runtime, asked: NationalOpening) -> str | None:
    waiting = select(NationalOpeningLine.caf_code).where(
        NationalOpeningLine.opening_id == asked.id, NationalOpeningLine.outcome == Outcome.WAITING.value
    )
    with runtime.read_only() as session:
        return session.execute(waiting.order_by(NationalOpeningLine.caf_code).limit(1)).scalar_one_or_none()


def _open(runtime: Runtime, lock: JobLock, asked: NationalOpening, caf_code: str) -> None:
    with runtime.transaction() as session:
        # Locks the row until the end: however long this Caf takes, no other worker starts on it.
        lock.hold(session)
        line = session.get_one(NationalOpeningLine, (asked.id, caf_code))
        outcome, made = _outcome(session, asked, caf_code)
        line.outcome, line.made = outcome.value, made


def _outcome(session: Session, asked: NationalOpening, caf_code: str) -> tuple[Outcome, dict[str, int]]:
    wanted = select(Campaign).where(Campaign.caf_code == caf_code, Campaign.year == asked.year)
    campaign = session.execute(wanted).scalar_one_or_none()
    if campaign is None:
        return Outcome.NOT_PREPARED, {}
    refused = refusal(Phase(campaign.phase), commands.dates_of(campaign), clock.today())
    if refused is not None:
        return refused, {}
    try:
        return Outcome.OPENED, commands.start(session, asked.requested_by, campaign)
    except Conflict:
        # An agent of the Caf opened it between our read and our write.
        return Outcome.ALREADY_OPEN, {}


def _fail(runtime: Runtime, lock: JobLock, asked: NationalOpening, caf_code: str) -> None:
    with runtime.transaction() as session:
        lock.hold(session)
        session.get_one(NationalOpeningLine, (asked.id, caf_code)).outcome = Outcome.FAILED.value
