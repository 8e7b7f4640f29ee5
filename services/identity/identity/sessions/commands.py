"""Starts, renews and ends sign-in sessions, each with its tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from chassis import clock, ids
from chassis import runtime as runtimes
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, Table, insert, select, update
from sqlalchemy.orm import Session

from identity.domain.first_sign_in import FACTOR_STEPS, Step
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, SignInSession, TokenFamily
from identity.settings import settings_of

_START = insert(cast(Table, SignInSession.__table__))


@dataclass(frozen=True)
class Opened:
    id: UUID
    step: Step


def start_session(
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


def touch_session(session: Session, session_id: UUID) -> None:
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=clock.now()))


def mark_proven(session: Session, session_id: UUID) -> None:
    """Records that the person has just reauthenticated."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(proven_at=clock.now()))


def end_sessions(session: Session, session_ids: Sequence[UUID], reason: str) -> int:
    """Ends the sessions and revokes their refresh tokens; returns how many were open."""
    ended = session.scalars(
        update(SignInSession)
        .where(SignInSession.id.in_(session_ids), SignInSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    revoke_session_tokens(session, list(session_ids), reason)
    return len(ended)


def end_other_sessions(session: Session, account_id: UUID, kept: UUID | None, reason: str) -> int:
    """Ends every session of the account but `kept`."""
    others = select(SignInSession.id).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    if kept is not None:
        others = others.where(SignInSession.id != kept)
    return end_sessions(session, session.scalars(others).all(), reason)


def end_unfinished_sessions(session: Session, account_id: UUID) -> None:
    unfinished = select(SignInSession.id).where(
        SignInSession.account_id == account_id, SignInSession.ended_at.is_(None), SignInSession.step != Step.DONE
    )
    end_sessions(session, session.scalars(unfinished).all(), "taken_up_elsewhere")


def end_own_other_sessions(session: Session, account_id: UUID, kept: UUID | None) -> int:
    """Returns how many were open."""
    ended = end_other_sessions(session, account_id, kept, "ended_by_holder")
    record(session, Kind.SESSIONS_ENDED, account_id, session_id=kept, details={"ended": ended})
    return ended


def end_own_session(session: Session, account_id: UUID, session_id: UUID) -> None:
    """Ends one of the holder's open sessions. Raises NotFound if it is another person's or has ended."""
    mine = select(SignInSession.id).where(SignInSession.id == session_id, SignInSession.account_id == account_id)
    found = session.scalars(mine).all()
    if not end_sessions(session, found, "ended_by_holder"):
        raise NotFound
    record(session, Kind.SESSION_ENDED, account_id, session_id=session_id)


def sign_out(session: Session, session_id: UUID) -> None:
    """Does nothing if the session has already ended."""
    holder = select(Account).join(SignInSession, SignInSession.account_id == Account.id)
    account = session.scalar(holder.where(SignInSession.id == session_id))
    if account is None or not end_sessions(session, [session_id], "signed_out"):
        return
    record(session, Kind.SIGN_OUT, account.id, session_id=session_id)


def revoke_session_tokens(session: Session, session_ids: list[UUID], reason: str) -> None:
    revoke_families(session, TokenFamily.session_id.in_(session_ids), reason)


def revoke_families(session: Session, which: ColumnElement[bool], reason: str) -> None:
    session.execute(
        update(TokenFamily)
        .where(which, TokenFamily.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revocation_reason=reason)
        .execution_options(synchronize_session=False)
    )
