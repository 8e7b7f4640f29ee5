"""Signing keys (ES256), stored in the database so that all processes share them; private parts are encrypted."""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from chassis import clock
from chassis import runtime as runtimes
from chassis.runtime import Runtime
from joserfc import jwe
from joserfc.jwk import ECKey, KeySet, KeySetSerialization, OctKey
from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import subkey
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import SigningKey
from identity.settings import Settings, settings_of

ALGORITHM = "ES256"
_SEAL = {"alg": "dir", "enc": "A256GCM"}
# A key is published this long before and after it signs: an ID token serves as sign-out hint during its whole session.
LEAD = timedelta(hours=24)
# Minimum for a requested rotation: services and gateway reload the keys every minute, other clients within five.
CACHED = timedelta(minutes=10)


def public_jwks(runtime: Runtime) -> KeySetSerialization:
    """RFC 7517 set of the public keys that may have signed a valid token or will soon sign; never empty."""
    with runtime.read_only() as session:
        found = jwks(session)
    if not found["keys"]:
        rotate(runtime)
        return public_jwks(runtime)
    return found


def public_keys(session: Session) -> KeySet:
    """The keys to verify our own tokens."""
    return KeySet([ECKey.import_key(key) for key in jwks(session)["keys"]])


def jwks(session: Session) -> KeySetSerialization:
    published = select(SigningKey.public_jwk).where(SigningKey.published_until > clock.now())
    return {"keys": list(session.scalars(published.order_by(SigningKey.created_at)))}


# Core columns: statements of entities cost more.
_KEYS = cast(Table, SigningKey.__table__).c
# Of the current signing key, to be read with what it signs; needs the parameter `now`.
SEALED_KEY = (
    select(_KEYS.private_sealed)
    .where(_KEYS.signs_from <= bindparam("now"), _KEYS.signs_until > bindparam("now"))
    .order_by(_KEYS.signs_from, _KEYS.kid)
    .limit(1)
    .scalar_subquery()
)
# Built once: building such a statement costs as much as running it.
_CURRENT = select(SEALED_KEY)


def signing_key(session: Session) -> ECKey:
    """The current signing key; creates the first one if there is none, so that start-up order does not matter.

    Looked up once per transaction: each token and its header need it.
    """
    if "signing_key" not in session.info:
        keep_key(session, session.scalar(_CURRENT, {"now": clock.now()}))
    found: ECKey = session.info["signing_key"]
    return found


def keep_key(session: Session, sealed: str | None) -> None:
    """The key that this transaction signs with, as SEALED_KEY found it."""
    settings = settings_of(runtimes.of(session))
    if sealed is None:
        sealed = _create(session, settings, signs_from=clock.now()).private_sealed
    session.info["signing_key"] = _open(sealed, subkey(settings, "signing keys"))


def rotate(runtime: Runtime) -> None:
    """Creates the next key a day before the last one stops signing, and purges those no longer published."""
    settings = settings_of(runtime)
    now = clock.now()
    with runtime.transaction() as session:
        last = session.scalar(select(func.max(SigningKey.signs_until)))
        if last is None or last < now:
            _create(session, settings, signs_from=now)
        elif last - now < LEAD:
            _create(session, settings, signs_from=last)
        session.execute(delete(SigningKey).where(SigningKey.published_until < now))


def rotate_now(runtime: Runtime, *, at_once: bool) -> None:
    """Rotation requested by an operator: the next key signs in ten minutes, once every cache has it.

    `at_once`, for a leaked key: the new key signs now, and tokens signed by the others are refused within a minute.
    """
    settings, now = settings_of(runtime), clock.now()
    starts = now if at_once else now + CACHED
    published_until = now if at_once else starts + LEAD
    with runtime.transaction() as session:
        # Keys not yet in use have signed nothing.
        session.execute(delete(SigningKey).where(SigningKey.signs_from > now))
        signing = update(SigningKey).where(SigningKey.published_until > published_until)
        session.execute(signing.values(published_until=published_until))
        session.execute(update(SigningKey).where(SigningKey.signs_until > starts).values(signs_until=starts))
        created = _create(session, settings, signs_from=starts)
        journalled = {"kid": created.kid, "at_once": at_once}
        record(session, Kind.KEYS_ROTATED, None, actor="command line", details=journalled)


def published_keys(runtime: Runtime) -> list[SigningKey]:
    """Published keys, in signing order."""
    published = select(SigningKey).where(SigningKey.published_until > clock.now()).order_by(SigningKey.signs_from)
    with runtime.read_only() as session:
        found = list(session.scalars(published))
        session.expunge_all()
    return found


def _create(session: Session, settings: Settings, *, signs_from: datetime) -> SigningKey:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    signs_until = signs_from + timedelta(days=settings.signing_key_days)
    private = json.dumps(key.as_dict(private=True)).encode()
    row = SigningKey(
        kid=key.kid,
        public_jwk=key.as_dict(private=False),
        private_sealed=jwe.encrypt_compact(_SEAL, private, OctKey.import_key(subkey(settings, "signing keys"))),
        created_at=clock.now(),
        signs_from=signs_from,
        signs_until=signs_until,
        published_until=signs_until + LEAD,
    )
    session.add(row)
    session.flush()
    return row


@lru_cache(maxsize=8)
def _open(sealed: str, key: bytes) -> ECKey:
    opened = jwe.decrypt_compact(sealed, OctKey.import_key(key), algorithms=list(_SEAL.values()))
    return ECKey.import_key(json.loads(opened.plaintext or b"{}"))
