"""Sign-in by password: same work, same answer and same time whatever is wrong."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import Select, Table, bindparam, literal, null, select, true, update
from sqlalchemy.orm import Session

from identity.crypto import hashing
from identity.domain import guessing
from identity.domain.credentials import MOST_TRIES, as_provisional, normalise_login
from identity.domain.first_sign_in import Trigger
from identity.domain.guessing import Counts
from identity.domain.networks import network_of
from identity.domain.passwords import normalise
from identity.domain.security_events import Kind
from identity.journal import record
from identity.journal.client_address import Origin
from identity.models import Account, Credential
from identity.sessions import known_devices
from identity.sessions.commands import Opened, end_unfinished_sessions
from identity.sessions.progress import SessionStart, Suspended, open_session
from identity.settings import settings_of
from identity.sign_in.concurrent_attempts import admitted
from identity.throttling import alarm, attempts


class Refusal(StrEnum):
    """All but WRONG are only shown after the right password, so they reveal nothing."""

    WRONG = "wrong"
    SUSPENDED = "suspended"
    PROVISIONAL_USED = "provisional_used"
    PROVISIONAL_EXPIRED = "provisional_expired"
    PROVISIONAL_SPENT = "provisional_spent"


class Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal)


@dataclass(frozen=True)
class _Candidate:
    """The hash to compare the typed password with; all fields are None for an unknown login."""

    account_id: UUID | None = None
    credential_id: UUID | None = None
    encoded: str | None = None


def _beside_failures(candidate: Select[Any]) -> Select[Any]:
    """One row, also for an unknown login: the failures everywhere, then what was found of the candidate, or NULL."""
    found = candidate.subquery()
    return select(alarm.FAILURES, *found.c).select_from(select(literal(1)).subquery().outerjoin(found, true()))


# Statements built once, because building them costs more than running them. A closed account is treated as unknown.
_ACCOUNTS, _CREDENTIALS = (cast(Table, one.__table__).c for one in (Account, Credential))
_NOT_CLOSED = (_ACCOUNTS.login == bindparam("login"), _ACCOUNTS.closed_at.is_(None))
_OWN = _beside_failures(
    select(_ACCOUNTS.id, null().label("credential_id"), _ACCOUNTS.password_hash).where(*_NOT_CLOSED),
)
# The last one sent; earlier ones are void.
_LAST_SENT = _beside_failures(
    select(_CREDENTIALS.account_id, _CREDENTIALS.id, _CREDENTIALS.password_hash)
    .where(_CREDENTIALS.account_id == _ACCOUNTS.id, *_NOT_CLOSED, _CREDENTIALS.replaced_at.is_(None))
    .order_by(_CREDENTIALS.issued_at.desc())
    .limit(1)
)
_LOCKED = select(Account).where(Account.id == bindparam("account_id")).with_for_update()
_WRONG_PROVISIONAL = (
    update(Credential)
    .where(Credential.id == bindparam("credential_id"))
    .values(tries=Credential.tries + 1)
    .execution_options(synchronize_session=False)
)


def sign_in(runtime: Runtime, typed_login: str, typed_password: str, origin: Origin) -> Opened:
    """Opens a session, or raises Refused, TooManyRequests (with the wait), UnknownDevice, Unavailable.

    No transaction is open while the password is verified, since on SQLite everybody would wait for it.
    """
    login, provisional = normalise_login(typed_login), as_provisional(typed_password)
    password = provisional or normalise(typed_password)
    with admitted(login, lambda: _counted(runtime, login, origin, provisional=provisional is not None)) as counted:
        return _verify_and_open(runtime, *counted, password, origin)


def _counted(runtime: Runtime, login: str, origin: Origin, *, provisional: bool) -> tuple[Counts, _Candidate]:
    """Counts the attempt for the login, known or not; stricter during an alarm, except for known devices."""
    with runtime.transaction() as session:
        asked = {"login": login, **alarm.windows(session)}
        failures, *candidate = session.execute(_LAST_SENT if provisional else _OWN, asked).one()
        counts = guessing.of_password(
            login,
            network_of(origin.address),
            known_devices.known(session, settings_of(runtime), origin.device, login),
            guessable=not provisional,
            alarmed=alarm.rings(session, failures),
        )
        attempts.admit(session, counts)
        return counts, _Candidate(*candidate)


def _verify_and_open(runtime: Runtime, counts: Counts, candidate: _Candidate, password: str, origin: Origin) -> Opened:
    if not hashing.verify(candidate.encoded, password):
        _record_failure(runtime, candidate, Refusal.WRONG, origin)
        raise Refused(Refusal.WRONG)
    renewed = _renewed(candidate, password)
    with runtime.transaction() as session:
        attempts.succeeded(session, counts)
        opened = _open(session, candidate, renewed, origin)
    if isinstance(opened, Refusal):
        _record_failure(runtime, candidate, opened, origin)
        raise Refused(opened)
    return opened


def _record_failure(runtime: Runtime, candidate: _Candidate, refusal: Refusal, origin: Origin) -> None:
    """Writes one line whether or not the login exists, so that both cost the same. An attempt with the right password
    does not count as a guess."""
    with runtime.transaction() as session:
        if refusal is Refusal.WRONG:
            alarm.note_failure(session)
            session.execute(_WRONG_PROVISIONAL, {"credential_id": candidate.credential_id})
        record(session, Kind.SIGN_IN_FAILED, candidate.account_id, details={"reason": refusal}, origin=origin)


def _renewed(candidate: _Candidate, password: str) -> str | None:
    """A new hash if the hash parameters have changed, only for a chosen password."""
    own = candidate.credential_id is None and candidate.encoded is not None
    return hashing.hash_password(password) if own and hashing.outdated(candidate.encoded or "") else None


def _open(session: Session, candidate: _Candidate, renewed: str | None, origin: Origin) -> Opened | Refusal:
    account = session.scalars(_LOCKED, {"account_id": candidate.account_id}).one()
    if account.closed_at is not None:
        return Refusal.WRONG
    act = Trigger.OWN_PASSWORD_ACCEPTED
    if candidate.credential_id is not None:
        act = Trigger.PROVISIONAL_ACCEPTED
        credential = session.get_one(Credential, candidate.credential_id)
        if credential.used_at is not None or credential.replaced_at is not None:
            return Refusal.PROVISIONAL_USED
        if credential.expires_at <= clock.now():
            return Refusal.PROVISIONAL_EXPIRED
        if credential.tries >= MOST_TRIES:
            return Refusal.PROVISIONAL_SPENT
        # One unfinished first sign-in at a time: resuming it ends the one left open elsewhere.
        end_unfinished_sessions(session, account.id)
    elif account.password_hash != candidate.encoded:
        return Refusal.WRONG
    elif account.password_change_required_at is not None:
        act = Trigger.OWN_PASSWORD_TO_CHANGE
    try:
        opened = open_session(session, account, act, SessionStart(origin, credential_id=candidate.credential_id))
    except Suspended:
        return Refusal.SUSPENDED
    if renewed:
        session.execute(update(Account).where(Account.id == account.id).values(password_hash=renewed))
    return opened
