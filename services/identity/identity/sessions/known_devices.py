"""Devices known to an account, by a signed cookie, so that each has its own failure counter (OWASP).

The cookie gives no access: the password is still required. It is void when the password changes. A link sent by e-mail
also makes a device known, since it proves access to the mailbox.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis import clock, ids
from flask import Response, g, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import keyed_digest, subkey
from identity.domain.credentials import normalise_login
from identity.domain.guessing import LINK_LIFETIME
from identity.models import Account
from identity.settings import Settings

# People sign in once a year, in July; browsers keep a cookie for 400 days at most.
LIFETIME = timedelta(days=400)
# A cookie in use is renewed, so that it does not expire.
RENEWED_AFTER = timedelta(days=30)
_ALGORITHM = "HS256"
_COOKIE, _LINK = "device", "link"
_KNOWN = select(Account.login).where(
    Account.id == bindparam("account_id"),
    Account.password_generation == bindparam("generation"),
    Account.closed_at.is_(None),
)


@dataclass(frozen=True)
class Device:
    """Content of a cookie or link with verified signature and expiry; the account may no longer know the device."""

    id: str
    account_id: UUID
    generation: int
    issued_at: datetime


def cookie_name(settings: Settings, login: str) -> str:
    """One cookie per account: a person with an account per département uses them on the same device."""
    prefix = "__Host-" if settings.is_https else ""
    return f"{prefix}appareil-{keyed_digest(settings, 'device cookie', login)[:12]}"


def cookie_for(settings: Settings, account: Account, shown: str) -> str | None:
    """The cookie to set in this browser; None if the current one is valid."""
    device = _read(settings, shown, _COOKIE)
    mine = device is not None and (device.account_id, device.generation) == (account.id, account.password_generation)
    if device is None or not mine:
        return _written(settings, account, _COOKIE, LIFETIME, str(ids.new_id()))
    if clock.now() - device.issued_at > RENEWED_AFTER:
        return _written(settings, account, _COOKIE, LIFETIME, device.id)
    return None


def known(session: Session, settings: Settings, shown: str, login: str) -> str | None:
    """The device's identifier, if `shown` is a cookie known to the account of this login."""
    device = _read(settings, shown, _COOKIE)
    return device.id if device is not None and _login_of(session, device) == login else None


def link_token(settings: Settings, account: Account) -> str:
    return _written(settings, account, _LINK, LINK_LIFETIME, str(ids.new_id()))


def from_link(session: Session, settings: Settings, token: str) -> tuple[str, str] | None:
    """(login, cookie) from an opened link; None if it has expired. Opening it twice gives the same device and
    counter."""
    device = _read(settings, token, _LINK)
    if device is None or _login_of(session, device) is None:
        return None
    account = session.get_one(Account, device.account_id)
    return account.login, _written(settings, account, _COOKIE, LIFETIME, device.id)


def _login_of(session: Session, device: Device) -> str | None:
    return session.scalar(_KNOWN, {"account_id": device.account_id, "generation": device.generation})


def _written(settings: Settings, account: Account, use: str, lifetime: timedelta, device_id: str) -> str:
    now = clock.now()
    claims = {
        "aud": use,
        "sub": str(account.id),
        "jti": device_id,
        "gen": account.password_generation,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode({"alg": _ALGORITHM}, claims, _key(settings))


def _read(settings: Settings, text: str, use: str) -> Device | None:
    if not text:
        return None
    registry = jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        aud={"essential": True, "value": use},
        exp={"essential": True},
    )
    try:
        claims = jwt.decode(text, _key(settings), algorithms=[_ALGORITHM]).claims
        registry.validate(claims)
    except (JoseError, ValueError):
        return None
    return Device(claims["jti"], UUID(claims["sub"]), claims["gen"], datetime.fromtimestamp(claims["iat"], UTC))


def _key(settings: Settings) -> OctKey:
    return OctKey.import_key(subkey(settings, "devices"))


def shown_cookie(settings: Settings, login: str) -> str:
    """This browser's device cookie for the account; `login` as typed."""
    return request.cookies.get(cookie_name(settings, normalise_login(login)), "")


def recognise(settings: Settings, account: Account) -> None:
    """Sets or renews the cookie after a completed sign-in."""
    cookie = cookie_for(settings, account, shown_cookie(settings, account.login))
    if cookie is not None:
        keep_cookie(account.login, cookie)


def keep_cookie(login: str, cookie: str) -> None:
    g.device_cookie = (login, cookie)


def set_cookie(answer: Response, settings: Settings) -> Response:
    login, cookie = g.pop("device_cookie", ("", ""))
    if cookie:
        answer.set_cookie(
            cookie_name(settings, login),
            cookie,
            max_age=LIFETIME,
            secure=settings.is_https,
            httponly=True,
            samesite="Lax",
        )
    return answer
