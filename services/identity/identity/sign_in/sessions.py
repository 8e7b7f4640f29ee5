"""Sessions in the database: listed, ended one by one or all, and their tokens with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis import clock, ids
from chassis import runtime as runtimes
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity.domain.first_sign_in import Step
from identity.models import Account, SignInSession
from identity.oidc import store
from identity.settings import settings_of


@dataclass(frozen=True)
class Opened:
    id: UUID
    step: Step


def start(session: Session, account: Account, step: Step, *, credential_id: UUID | None, browser: str) -> Opened:
    """A new session each time one signs in: an identifier set before signing in is never carried over."""
    now = clock.now()
    row = SignInSession(
        id=ids.new_id(),
        account_id=account.id,
        step=step.value,
        credential_id=credential_id,
        amr=["pwd"],
        browser=browser[:100],
        started_at=now,
        seen_at=now,
        expires_at=now + settings_of(runtimes.of(session)).session_lifetime,
    )
    session.add(row)
    session.flush()
    return Opened(row.id, step)


def find_open(session: Session, session_id: UUID) -> tuple[SignInSession, Account] | None:
    """The session and its account while it is neither ended, nor too old, nor idle for too long."""
    now = clock.now()
    idle_since = now - settings_of(runtimes.of(session)).session_idle
    row = session.execute(
        select(SignInSession, Account)
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.id == session_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            SignInSession.seen_at > idle_since,
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def touch(session: Session, session_id: UUID) -> None:
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=clock.now()))


def list_open(session: Session, account_id: UUID) -> Sequence[SignInSession]:
    return session.scalars(
        select(SignInSession)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > clock.now(),
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
