"""Actions of a signed-in person on their own account."""

from uuid import UUID

from chassis.problems import NotFound
from chassis.runtime import Runtime
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity import hashing
from identity.accounts.own_password import check_own_password
from identity.domain.passwords import MIN_LENGTH, normalise
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, SignInSession
from identity.notices import Notice, tell
from identity.sign_in import sessions
from identity.sign_in.reauthentication import prove, wrong_password


def end_other_sessions(session: Session, account_id: UUID, kept: UUID | None) -> int:
    """Returns how many were open."""
    ended = sessions.end_others(session, account_id, kept, "ended_by_holder")
    record(session, Kind.SESSIONS_ENDED, account_id, session_id=kept, details={"ended": ended})
    return ended


def end_session(session: Session, account_id: UUID, session_id: UUID) -> None:
    """Ends one of the holder's open sessions. Raises NotFound if it is another person's or has ended."""
    mine = select(SignInSession.id).where(SignInSession.id == session_id, SignInSession.account_id == account_id)
    found = session.scalars(mine).all()
    if not sessions.end(session, found, "ended_by_holder"):
        raise NotFound
    record(session, Kind.SESSION_ENDED, account_id, session_id=session_id)


def sign_out(session: Session, session_id: UUID) -> None:
    """Does nothing if the session has already ended."""
    holder = select(Account).join(SignInSession, SignInSession.account_id == Account.id)
    account = session.scalar(holder.where(SignInSession.id == session_id))
    if account is None or not sessions.end(session, [session_id], "signed_out"):
        return
    record(session, Kind.SIGN_OUT, account.id, session_id=session_id)


def change_password(runtime: Runtime, account: Account, session_id: UUID, current: str, typed: str) -> None:
    """Also ends the other sessions. Raises Invalid, or TooManyRequests to prevent guessing in an open session."""
    password = normalise(typed)
    prove(runtime, account, session_id, current)
    with runtime.read_only() as session:
        check_own_password(session, account, password)
    encoded = hashing.hash_password(password)
    with runtime.transaction() as session:
        # The password may have been changed meanwhile: then the verified one is no longer current.
        same = (Account.id == account.id, Account.password_hash == account.password_hash)
        changes = {
            "password_hash": encoded,
            "password_generation": Account.password_generation + 1,
            "short_password": len(password) < MIN_LENGTH,
            "password_change_required_at": None,
            "version": Account.version + 1,
        }
        if session.scalar(update(Account).where(*same).values(changes).returning(Account.id)) is None:
            raise wrong_password()
        sessions.end_others(session, account.id, session_id, "password_changed")
        record(session, Kind.PASSWORD_CHANGED, account.id, session_id=session_id)
        tell(session, account, Notice.PASSWORD_CHANGED)
