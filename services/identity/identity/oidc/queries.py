"""Subjects of tokens: a person with one of their open sessions, or a program with its organisation's account."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NotRequired, TypedDict, cast
from uuid import UUID

from chassis import clock
from chassis import runtime as runtimes
from chassis.texts import full_name
from sqlalchemy import ColumnElement, Table, and_, bindparam, func, select
from sqlalchemy.orm import Session

from identity.domain.first_sign_in import Step
from identity.models import Account, SignInSession
from identity.oidc.signing_keys import SEALED_KEY, keep_key
from identity.sessions.suspension import suspended
from identity.settings import settings_of


class PersonClaims(TypedDict):
    kind: str
    sid: str
    supervisor: bool
    org: NotRequired[str]
    caf: NotRequired[str]


class Profile(PersonClaims):
    """With the standard claims of the scope."""

    sub: str
    given_name: NotRequired[str]
    family_name: NotRequired[str]
    name: NotRequired[str]
    email: NotRequired[str]


class ProgramClaims(TypedDict):
    kind: str
    org: str


class Subject(NamedTuple):
    """In the order of `SUBJECT`."""

    account_id: UUID
    kind: str
    supervisor: bool
    organisation_id: UUID | None
    caf_code: str | None
    first_name: str | None
    last_name: str | None
    contact_name: str
    email: str | None
    session_id: UUID
    authenticated_at: datetime
    amr: list[str]
    session_expires_at: datetime
    seen_at: datetime

    def get_user_id(self) -> str:
        return str(self.account_id)

    def claims(self) -> PersonClaims:
        """Identity claims, never rights: each service applies its own perimeter, so that withdrawal is immediate."""
        claims: PersonClaims = {"kind": self.kind, "sid": str(self.session_id), "supervisor": self.supervisor}
        if self.organisation_id is not None:
            claims["org"] = str(self.organisation_id)
        if self.caf_code is not None:
            claims["caf"] = self.caf_code
        return claims

    def profile(self, scope: str) -> Profile:
        """Standard claims of the scope, for the id_token and userinfo (OpenID Connect Core §5.4)."""
        scopes = scope.split()
        claims = cast(Profile, {"sub": str(self.account_id), **self.claims()})
        if "profile" in scopes:
            claims["given_name"] = self.first_name or ""
            claims["family_name"] = self.last_name or ""
            claims["name"] = full_name(self.first_name, self.last_name) or self.contact_name
        if "email" in scopes and self.email:
            claims["email"] = self.email
        return claims


# Columns and statements of Core, built once: building such a statement costs as much as running it, and entities are
# made row by row.
SESSIONS, ACCOUNTS = (cast(Table, one.__table__) for one in (SignInSession, Account))
SUBJECT = (
    ACCOUNTS.c.id,
    ACCOUNTS.c.kind,
    ACCOUNTS.c.supervisor,
    ACCOUNTS.c.organisation_id,
    ACCOUNTS.c.caf_code,
    ACCOUNTS.c.first_name,
    ACCOUNTS.c.last_name,
    ACCOUNTS.c.contact_name,
    ACCOUNTS.c.email,
    SESSIONS.c.id,
    func.coalesce(SESSIONS.c.proven_at, SESSIONS.c.started_at),
    SESSIONS.c.amr,
    SESSIONS.c.expires_at,
    SESSIONS.c.seen_at,
)
# With the parameters of `moments`.
IS_OPEN = and_(
    SESSIONS.c.ended_at.is_(None),
    SESSIONS.c.expires_at > bindparam("now"),
    SESSIONS.c.seen_at > bindparam("idle_since"),
    SESSIONS.c.step == Step.DONE,
)
_OPEN = (
    select(*SUBJECT)
    .join_from(SESSIONS, ACCOUNTS, ACCOUNTS.c.id == SESSIONS.c.account_id)
    .where(SESSIONS.c.id == bindparam("session_id"), IS_OPEN)
)
_OPEN_AND_KEY = _OPEN.add_columns(SEALED_KEY)


def subject_of(session: Session, session_id: UUID) -> Subject | None:
    """None unless the session is open, not idle, and the person has completed all steps of the sign-in."""
    row = session.execute(_OPEN, {"session_id": session_id, **moments(session)}).one_or_none()
    return None if row is None else Subject._make(row)


def subject_of_token(session: Session, session_id: UUID) -> Subject | None:
    """As `subject_of`, and reads the key that will sign, in the same statement."""
    row = session.execute(_OPEN_AND_KEY, {"session_id": session_id, **moments(session)}).one_or_none()
    if row is None:
        return None
    *subject, sealed = row
    keep_key(session, sealed)
    return Subject._make(subject)


def moments(session: Session) -> dict[str, datetime]:
    now = clock.now()
    return {"now": now, "idle_since": now - settings_of(runtimes.of(session)).session_idle}


@dataclass(frozen=True)
class ClientAccount:
    """A program without a person, as a dedicated account of its organisation (ADR 12): services filter by the rights
    that the administrator gives that account. No `sid` and no `auth_time`, since nobody signed in."""

    account: Account
    authenticated_at: None = None
    amr: tuple[str, ...] = ()

    def get_user_id(self) -> str:
        return str(self.account.id)

    def claims(self) -> ProgramClaims:
        return {"kind": self.account.kind, "org": str(self.account.organisation_id)}


def program_account(session: Session, account_id: UUID) -> ClientAccount | None:
    return program_account_where(session, Account.id == account_id)


def program_account_where(session: Session, which: ColumnElement[bool]) -> ClientAccount | None:
    """Only a landlord's account, neither closed nor suspended: programs get no agent's rights."""
    of_landlord = (Account.kind == "landlord", Account.organisation_id.is_not(None))
    account = session.scalar(select(Account).where(which, *of_landlord, Account.closed_at.is_(None), ~suspended()))
    return None if account is None else ClientAccount(account)
