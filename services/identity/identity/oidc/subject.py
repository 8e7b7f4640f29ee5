"""The subject of a token: an account with one of its open sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock
from chassis import runtime as runtimes
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity.domain.first_sign_in import Step
from identity.models import Account, SignInSession
from identity.settings import settings_of


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

    def claims(self) -> dict[str, Any]:
        """Identity claims, never rights: each service applies its own perimeter, so that withdrawal is immediate."""
        account = self.account
        claims: dict[str, Any] = {"kind": account.kind, "sid": str(self.session_id), "supervisor": account.supervisor}
        if account.organisation_id is not None:
            claims["org"] = str(account.organisation_id)
        if account.caf_code is not None:
            claims["caf"] = account.caf_code
        return claims

    def profile(self, scope: str) -> dict[str, Any]:
        """Standard claims of the scope, for the id_token and userinfo (OpenID Connect Core §5.4)."""
        account, scopes = self.account, scope.split()
        claims: dict[str, Any] = {"sub": str(account.id), **self.claims()}
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
