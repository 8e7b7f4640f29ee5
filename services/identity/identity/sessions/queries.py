"""Open sessions: one by its identifier, or all of an account."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis import clock
from chassis import runtime as runtimes
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity import api_types
from identity.domain.first_sign_in import FACTOR_STEPS
from identity.models import Account, SignInSession
from identity.settings import settings_of

SEEN_AGAIN = timedelta(minutes=1)
# Built once: each page runs it, and building such a statement costs more than running it.
_OPEN = (
    select(SignInSession, Account)
    .join(Account, Account.id == SignInSession.account_id)
    .where(
        SignInSession.id == bindparam("session_id"),
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > bindparam("now"),
        SignInSession.seen_at > bindparam("idle_since"),
        SignInSession.step.not_in(FACTOR_STEPS) | (SignInSession.started_at > bindparam("half_open_since")),
    )
)


def find_open_session(session: Session, session_id: UUID) -> tuple[SignInSession, Account] | None:
    """The session and its account, unless it has ended, expired, been idle or half open for too long."""
    now, settings = clock.now(), settings_of(runtimes.of(session))
    since = {"idle_since": now - settings.session_idle, "half_open_since": now - settings.second_step_lifetime}
    row = session.execute(_OPEN, {"session_id": session_id, "now": now, **since}).one_or_none()
    return None if row is None else (row[0], row[1])


def is_seen_lately(seen_at: datetime) -> bool:
    """Idleness is measured to the minute, which saves writes."""
    return clock.now() - seen_at <= SEEN_AGAIN


def open_sessions(session: Session, account_id: UUID) -> Sequence[SignInSession]:
    return session.scalars(
        select(SignInSession)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > clock.now(),
            # With only the password verified the session is not open yet.
            SignInSession.step.not_in(FACTOR_STEPS),
        )
        .order_by(SignInSession.started_at.desc())
    ).all()


def session_to_json(opened: SignInSession, current: str) -> api_types.Session:
    return {
        "id": str(opened.id),
        "browser": opened.browser,
        "started_at": clock.iso(opened.started_at),
        "seen_at": clock.iso(opened.seen_at),
        "current": str(opened.id) == current,
    }
