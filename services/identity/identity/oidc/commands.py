"""Codes and refresh tokens: one UPDATE consumes each, so that only one of several simultaneous requests succeeds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict, cast
from uuid import UUID

from chassis import clock
from chassis.db import changed
from sqlalchemy import ColumnElement, Row, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import digest
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import AuthorizationCode, RefreshToken, SignInSession, TokenFamily
from identity.oidc.queries import ACCOUNTS, IS_OPEN, SESSIONS, SUBJECT, Subject, moments
from identity.oidc.signing_keys import SEALED_KEY, keep_key
from identity.sessions.commands import revoke_families

# The same token again within this time is a double click or a lost answer, not theft.
GRACE = timedelta(seconds=10)


class NewCode(TypedDict):
    """The row of a code."""

    code_hash: str
    client_id: str
    session_id: UUID
    family_id: UUID
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class RedeemedCode:
    """The interface that authlib expects of a code (AuthorizationCodeMixin)."""

    client_id: str
    session_id: UUID
    family_id: UUID
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    authenticated_at: datetime
    amr: list[str]
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.authenticated_at.timestamp())

    def get_acr(self) -> None:
        """No assurance level is claimed."""

    def get_amr(self) -> list[str]:
        return self.amr


@dataclass(frozen=True)
class RedeemedRefresh:
    """The interface that authlib expects of a refresh token, and the token itself, to derive its successor."""

    token: str
    client_id: str
    scope: str
    subject: Subject

    def check_client(self, client: object) -> bool:
        return getattr(client, "client_id", None) == self.client_id

    def get_scope(self) -> str:
        return self.scope


# Core statements, built once: each sign-in or refresh runs them, and building such statements costs more than running
# them.
_CODES, _TOKENS, _FAMILIES = (cast(Table, one.__table__) for one in (AuthorizationCode, RefreshToken, TokenFamily))
_KEEP_CODE = insert(_CODES)
_CONSUME_CODE = (
    update(_CODES)
    .where(
        _CODES.c.code_hash == bindparam("consumed_hash"),
        _CODES.c.client_id == bindparam("asking_client"),
        _CODES.c.used_at.is_(None),
        _CODES.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(*_CODES.c)
)
_START_FAMILY = insert(_FAMILIES)
# All that a refresh reads. Whatever ends a session revokes its families, so that the family's lock covers the session.
_FAMILY_OF = (
    select(
        _FAMILIES.c.id, _FAMILIES.c.scope, _FAMILIES.c.revoked_at, _FAMILIES.c.expires_at, IS_OPEN, SEALED_KEY, *SUBJECT
    )
    .join_from(_TOKENS, _FAMILIES, _FAMILIES.c.id == _TOKENS.c.family_id)
    .join(SESSIONS, SESSIONS.c.id == _FAMILIES.c.session_id)
    .join(ACCOUNTS, ACCOUNTS.c.id == SESSIONS.c.account_id)
    .where(_TOKENS.c.token_hash == bindparam("token_hash"), _FAMILIES.c.client_id == bindparam("client_id"))
    .with_for_update(of=_FAMILIES)
)
_USE = (
    update(_TOKENS)
    .where(_TOKENS.c.token_hash == bindparam("used_hash"), _TOKENS.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_ADD = insert(_TOKENS)


def keep_code(session: Session, row: NewCode) -> None:
    session.execute(_KEEP_CODE, row)


def consume_code(session: Session, code: str, client_id: str) -> Row[Any] | None:
    """The code's row, only once. A second use revokes all tokens issued by the first (RFC 9700 §2.1.1)."""
    code_hash = digest(code)
    asked = {"consumed_hash": code_hash, "asking_client": client_id, "now": clock.now()}
    consumed = session.execute(_CONSUME_CODE, asked).one_or_none()
    if consumed is None:
        family = select(AuthorizationCode.family_id).where(
            AuthorizationCode.code_hash == code_hash, AuthorizationCode.used_at.is_not(None)
        )
        _revoke_replayed(session, TokenFamily.id.in_(family), "code_reused", Kind.CODE_REPLAYED)
    return consumed


def start_family(session: Session, code: RedeemedCode, refresh_token: str, expires_at: datetime) -> None:
    now = clock.now()
    family = {
        "id": code.family_id,
        "client_id": code.client_id,
        "session_id": code.session_id,
        "scope": code.scope,
        "started_at": now,
        "expires_at": expires_at,
    }
    session.execute(_START_FAMILY, family)
    session.execute(_ADD, {"token_hash": digest(refresh_token), "family_id": code.family_id, "issued_at": now})


def consume_refresh(session: Session, token: str, client_id: str, successor: str) -> RedeemedRefresh | None:
    """Uses the token and stores its successor; None if it cannot be refreshed. Reuse revokes the family."""
    read = moments(session)
    now, token_hash = read["now"], digest(token)
    row = session.execute(_FAMILY_OF, {"token_hash": token_hash, "client_id": client_id, **read}).one_or_none()
    if row is None:
        return None
    family_id, scope, revoked_at, expires_at, is_open, sealed_key, *subject = row
    if revoked_at is not None or expires_at <= now:
        return None
    if changed(session.execute(_USE, {"used_hash": token_hash, "now": now})) == 1:
        session.execute(_ADD, {"token_hash": digest(successor), "family_id": family_id, "issued_at": now})
    elif not _in_grace(session, token, successor, now):
        _revoke_replayed(session, TokenFamily.id == family_id, "refresh_reused", Kind.TOKEN_REPLAYED)
        return None
    keep_key(session, sealed_key)
    return RedeemedRefresh(token, client_id, scope, Subject._make(subject)) if is_open else None


def _in_grace(session: Session, token: str, successor: str, now: datetime) -> bool:
    """True if it was just used and its successor is unused: the same successor is returned, so there is no fork."""
    used_at = session.scalar(select(RefreshToken.used_at).where(RefreshToken.token_hash == digest(token)))
    fresh = session.scalar(
        select(RefreshToken.token_hash).where(
            RefreshToken.token_hash == digest(successor), RefreshToken.used_at.is_(None)
        )
    )
    return used_at is not None and now - used_at <= GRACE and fresh is not None


def family_of(session: Session, refresh_token: str) -> TokenFamily | None:
    return session.scalar(
        select(TokenFamily)
        .join(RefreshToken, RefreshToken.family_id == TokenFamily.id)
        .where(RefreshToken.token_hash == digest(refresh_token))
    )


def revoke_family(session: Session, family_id: UUID, reason: str) -> None:
    revoke_families(session, TokenFamily.id == family_id, reason)


def _revoke_replayed(session: Session, which: ColumnElement[bool], reason: str, kind: Kind) -> None:
    """Revokes, and writes a journal line for the holder of each session concerned."""
    holders = select(SignInSession.account_id, SignInSession.id, TokenFamily.client_id)
    replayed = holders.join(TokenFamily, TokenFamily.session_id == SignInSession.id).where(which)
    for account_id, session_id, client_id in session.execute(replayed).all():
        record(session, kind, account_id, actor="system", session_id=session_id, details={"client": client_id})
    revoke_families(session, which, reason)
