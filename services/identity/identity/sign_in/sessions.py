"""Sign-in sessions in the database: starting, finding, listing and ending them with their tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from chassis import clock, ids
from chassis import runtime as runtimes
from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from identity.domain.first_sign_in import FACTOR_STEPS, Step
from identity.models import Account, SignInSession
from identity.oidc import store
from identity.settings import settings_of

SEEN_AGAIN = timedelta(minutes=1)
# Built once: each page runs them, and building such statements costs more than running them.
_START = insert(cast(Table, SignInSession.__table__))
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


@dataclass(frozen=True)
class Opened:
    id: UUID
    step: Step


def start(
    session: Session,
    account: Account,
    step: Step,
    *,
    amr: Sequence[str] = ("pwd",),
    credential_id: UUID | None = None,
    browser: str,
) -> Opened:
    """Creates a new session per sign-in: an identifier set before signing in is never reused.

    `amr`: authentication methods (RFC 8176).
    """
    now, opened = clock.now(), Opened(ids.new_id(), step)
    row = {
        "id": opened.id,
        "account_id": account.id,
        "step": step.value,
        "credential_id": credential_id,
        "amr": list(amr),
        "browser": browser[:100],
        "started_at": now,
        "proven_at": None if step in FACTOR_STEPS else now,
        "seen_at": now,
        "expires_at": now + settings_of(runtimes.of(session)).session_lifetime,
    }
    session.execute(_START, row)
    return opened


def find_open(session: Session, session_id: UUID) -> tuple[SignInSession, Account] | None:
    """The session and its account, unless it has ended, expired, been idle or half open for too long."""
    now, settings = clock.now(), settings_of(runtimes.of(session))
    since = {"idle_since": now - settings.session_idle, "half_open_since": now - settings.second_step_lifetime}
    row = session.execute(_OPEN, {"session_id": session_id, "now": now, **since}).one_or_none()
    return None if row is None else (row[0], row[1])


def is_seen_lately(seen_at: datetime) -> bool:
    """Idleness is measured to the minute, which saves writes."""
    return clock.now() - seen_at <= SEEN_AGAIN


def touch(session: Session, session_id: UUID) -> None:
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=clock.now()))


def mark_proven(session: Session, session_id: UUID) -> None:
    """Records that the person has just reauthenticated."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(proven_at=clock.now()))


def list_open(session: Session, account_id: UUID) -> Sequence[SignInSession]:
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


def end(session: Session, session_ids: Sequence[UUID], reason: str) -> int:
    """Ends the sessions and revokes their refresh tokens; returns how many were open."""
    ended = session.scalars(
        update(SignInSession)
        .where(SignInSession.id.in_(session_ids), SignInSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    store.revoke_session_tokens(session, list(session_ids), reason)
    return len(ended)


def end_others(session: Session, account_id: UUID, kept: UUID | None, reason: str) -> int:
    """Ends every session of the account but `kept`."""
    others = select(SignInSession.id).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    if kept is not None:
        others = others.where(SignInSession.id != kept)
    return end(session, session.scalars(others).all(), reason)


def end_unfinished(session: Session, account_id: UUID) -> None:
    unfinished = select(SignInSession.id).where(
        SignInSession.account_id == account_id, SignInSession.ended_at.is_(None), SignInSession.step != Step.DONE
    )
    end(session, session.scalars(unfinished).all(), "taken_up_elsewhere")
