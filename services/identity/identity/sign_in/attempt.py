"""One attempt to sign in: the same work and the same answer whatever is wrong, in the same time."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from uuid import UUID

from chassis import clock
from chassis.problems import TooManyRequests
from chassis.runtime import Runtime
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from identity import alarm, hashing, throttling
from identity.domain.credentials import MOST_TRIES, as_provisional, normalise_login
from identity.domain.first_sign_in import Act
from identity.domain.networks import network_of
from identity.domain.passwords import normalise
from identity.domain.security_events import Kind
from identity.domain.throttle import PER_LOGIN, PER_NETWORK
from identity.journal import record
from identity.models import Account, Credential
from identity.origin import Origin
from identity.sign_in import sessions
from identity.sign_in.opening import Entrance, open_session
from identity.sign_in.sessions import Opened
from identity.supervision.standing import is_suspended
from identity.throttling import Counter


class Refusal(StrEnum):
    """All but the first are only said to who holds the right password, so they betray nothing."""

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
    """What the typed password is compared with; everything is None for an unknown login."""

    account_id: UUID | None = None
    credential_id: UUID | None = None
    encoded: str | None = None
    tries: int = 0


# A closed account opens nothing: it is as unknown as one that never was.
_LIVING = (Account.login == bindparam("login"), Account.closed_at.is_(None))
# Built once, for those who hold the right password and those who guess: making such statements costs more than
# running them.
_OWN = select(Account.id, Account.password_hash).where(*_LIVING)
_LOCKED = select(Account).where(Account.id == bindparam("account_id")).with_for_update()
_LAST_SENT = (
    select(Credential.id)
    .join(Account, Account.id == Credential.account_id)
    .where(*_LIVING, Credential.replaced_at.is_(None))
    .order_by(Credential.issued_at.desc())
    .limit(1)
)
_TRY_PROVISIONAL = (
    update(Credential)
    .where(Credential.id == _LAST_SENT.scalar_subquery())
    .values(tries=Credential.tries + 1)
    .returning(Credential.account_id, Credential.id, Credential.password_hash, Credential.tries)
    .execution_options(synchronize_session=False)
)


def sign_in(runtime: Runtime, typed_login: str, typed_password: str, origin: Origin) -> Opened:
    """Opens a session, or raises Refused, TooManyRequests (with the wait), Unavailable.

    No transaction is open while the password is verified: SQLite would make everybody wait for it.
    """
    login, provisional = normalise_login(typed_login), as_provisional(typed_password)
    password = provisional or normalise(typed_password)
    with runtime.transaction() as session:
        per_login, per_network = _counters(session, login, origin)
        if wait := throttling.take(session, (per_login, per_network)):
            raise TooManyRequests(ceil(wait.total_seconds()))
        candidate = _provisional_of(session, login) if provisional else _own_of(session, login)
    if not hashing.verify(candidate.encoded, password):
        _record_failure(runtime, candidate, Refusal.WRONG, origin)
        raise Refused(Refusal.WRONG)
    renewed = _renewed(candidate, password)
    with runtime.transaction() as session:
        throttling.forget(session, per_login)
        throttling.give_back(session, per_network)
        opened = _open(session, candidate, renewed, origin)
    if isinstance(opened, Refusal):
        _record_failure(runtime, candidate, opened, origin)
        raise Refused(opened)
    return opened


def _counters(session: Session, login: str, origin: Origin) -> tuple[Counter, Counter]:
    """Of the login, known or not, and of the network; both stricter while sign-ins fail everywhere."""
    policies = (PER_LOGIN, PER_NETWORK)
    if alarm.ringing(session):
        policies = (PER_LOGIN.tightened(), PER_NETWORK.tightened())
    return Counter(policies[0], "login", login), Counter(policies[1], "network", network_of(origin.address))


def _record_failure(runtime: Runtime, candidate: _Candidate, refusal: Refusal, origin: Origin) -> None:
    """One line for a login that exists and for one that does not: both cost the same."""
    with runtime.transaction() as session:
        alarm.note_failure(session)
        record(session, Kind.SIGN_IN_FAILED, candidate.account_id, details={"reason": refusal}, origin=origin)


def _own_of(session: Session, login: str) -> _Candidate:
    account = session.execute(_OWN, {"login": login}).one_or_none()
    return _Candidate(account.id, None, account.password_hash) if account else _Candidate()


def _provisional_of(session: Session, login: str) -> _Candidate:
    """The last one sent: an earlier one is as dead as if it had never been. The try is counted before it is looked at,
    so that guesses sent together are all counted."""
    sent = session.execute(_TRY_PROVISIONAL, {"login": login}).one_or_none()
    return _Candidate(*sent) if sent else _Candidate()


def _renewed(candidate: _Candidate, password: str) -> str | None:
    """A new hash when the parameters have changed since, for one's own password only."""
    own = candidate.credential_id is None and candidate.encoded is not None
    return hashing.hash_password(password) if own and hashing.outdated(candidate.encoded or "") else None


def _open(session: Session, candidate: _Candidate, renewed: str | None, origin: Origin) -> Opened | Refusal:
    account = session.scalars(_LOCKED, {"account_id": candidate.account_id}).one()
    if account.closed_at is not None:
        return Refusal.WRONG
    act = Act.OWN_PASSWORD_ACCEPTED
    if candidate.credential_id is not None:
        act = Act.PROVISIONAL_ACCEPTED
        credential = session.get_one(Credential, candidate.credential_id)
        if credential.used_at is not None or credential.replaced_at is not None:
            return Refusal.PROVISIONAL_USED
        if credential.expires_at <= clock.now():
            return Refusal.PROVISIONAL_EXPIRED
        if candidate.tries > MOST_TRIES:
            return Refusal.PROVISIONAL_SPENT
        credential.tries = max(0, credential.tries - 1)
        # One unfinished first sign-in at a time: who takes it up again closes the one left open elsewhere.
        sessions.end_unfinished(session, account.id)
    elif account.password_hash != candidate.encoded:
        return Refusal.WRONG
    elif account.password_change_required_at is not None:
        act = Act.OWN_PASSWORD_TO_CHANGE
    if is_suspended(session, account):
        return Refusal.SUSPENDED
    if renewed:
        session.execute(update(Account).where(Account.id == account.id).values(password_hash=renewed))
    return open_session(session, account, act, Entrance(origin, credential_id=candidate.credential_id))
