"""The devices that an account knows: a signed cookie, so that each has its own count of failures (OWASP).

It opens nothing, the password is asked all the same; it is void when the password changes. A link sent by e-mail makes
a device known too: who reads the mailbox is no stranger.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis import clock, ids
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity.domain.guessing import LINK_LIFETIME
from identity.key_derivation import keyed_digest, subkey
from identity.models import Account
from identity.settings import Settings

# One signs in once a year, in July; browsers keep a cookie for 400 days at most.
LIFETIME = timedelta(days=400)
# A cookie in use is made again, so that it does not end under the hands of who uses it.
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
    """What a cookie or a link says, its signature and its end verified; the account may not know it any more."""

    id: str
    account_id: UUID
    generation: int
    issued_at: datetime


def cookie_name(settings: Settings, login: str) -> str:
    """Another one for each account: who has an account per département uses them on one device."""
    prefix = "__Host-" if settings.is_https else ""
    return f"{prefix}appareil-{keyed_digest(settings, 'device cookie', login)[:12]}"


def cookie_for(settings: Settings, account: Account, shown: str) -> str | None:
    """The cookie that this browser should have; None when the one it shows is good."""
    device = _read(settings, shown, _COOKIE)
    mine = device is not None and (device.account_id, device.generation) == (account.id, account.password_generation)
    if device is None or not mine:
        return _written(settings, account, _COOKIE, LIFETIME, str(ids.new_id()))
    if clock.now() - device.issued_at > RENEWED_AFTER:
        return _written(settings, account, _COOKIE, LIFETIME, device.id)
    return None


def known(session: Session, settings: Settings, shown: str, login: str) -> str | None:
    """The device's identifier when `shown` is a cookie that the account of this login knows."""
    device = _read(settings, shown, _COOKIE)
    return device.id if device is not None and _login_of(session, device) == login else None


def link_token(settings: Settings, account: Account) -> str:
    return _written(settings, account, _LINK, LINK_LIFETIME, str(ids.new_id()))


def from_link(session: Session, settings: Settings, token: str) -> tuple[str, str] | None:
    """(login, cookie) for who has opened the link; None when it is over. Opened twice it makes one device, with one
    count."""
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
