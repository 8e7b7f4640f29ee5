"""Subjects of tokens: a person with one of their open sessions, or a program with its organisation's account."""

from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict, cast
from uuid import UUID

from chassis import clock
from chassis import runtime as runtimes
from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from identity.accounts.queries import suspended
from identity.domain.first_sign_in import Step
from identity.models import Account, SignInSession
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


@dataclass(frozen=True)
class Subject:
    account: Account
    session_id: UUID
    authenticated_at: datetime
    amr: tuple[str, ...]
    session_expires_at: datetime
    seen_at: datetime

    def get_user_id(self) -> str:
        return str(self.account.id)

    def claims(self) -> PersonClaims:
        """Identity claims, never rights: each service applies its own perimeter, so that withdrawal is immediate."""
        account = self.account
        claims: PersonClaims = {"kind": account.kind, "sid": str(self.session_id), "supervisor": account.supervisor}
        if account.organisation_id is not None:
            claims["org"] = str(account.organisation_id)
        if account.caf_code is not None:
            claims["caf"] = account.caf_code
        return claims

    def profile(self, scope: str) -> Profile:
        """Standard claims of the scope, for the id_token and userinfo (OpenID Connect Core §5.4)."""
        account, scopes = self.account, scope.split()
        claims = cast(Profile, {"sub": str(account.id), **self.claims()})
        if "profile" in scopes:
            claims["given_name"] = account.first_name or ""
            claims["family_name"] = account.last_name or ""
            claims["name"] = account.name
        if "email" in scopes and account.email:
            claims["email"] = account.email
        return claims


# Built once: building such a statement costs as much as running it.
_OPEN = (
    select(SignInSession, Account)
    .join(Account, Account.id == SignInSession.account_id)
    .where(
        SignInSession.id == bindparam("session_id"),
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > bindparam("now"),
        SignInSession.seen_at > bindparam("idle_since"),
        SignInSession.step == Step.DONE,
    )
)


def subject_of(session: Session, session_id: UUID) -> Subject | None:
    """None unless the session is open, not idle, and the person has completed all steps of the sign-in."""
    now = clock.now()
    idle_since = now - settings_of(runtimes.of(session)).session_idle
    row = session.execute(_OPEN, {"session_id": session_id, "now": now, "idle_since": idle_since}).one_or_none()
    if row is None:
        return None
    opened, account = row
    return Subject(account, opened.id, opened.authenticated_at, tuple(opened.amr), opened.expires_at, opened.seen_at)


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
