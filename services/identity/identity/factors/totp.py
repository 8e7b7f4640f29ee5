"""The authenticator application of an account: secret offered, confirmed by a first code, then verified per code."""

import json
from uuid import UUID

from chassis import clock
from chassis import runtime as runtimes
from chassis.db import upsert
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import update
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import subkey
from identity.domain.totp import matching_counter, new_secret
from identity.models import TotpFactor
from identity.settings import Settings, settings_of

_SEAL = {"alg": "dir", "enc": "A256GCM"}
_NEVER = -1


def offer(settings: Settings, account_id: UUID) -> str:
    """A new secret sealed for this account, kept in the browser's session until a first code confirms it."""
    content = json.dumps({"account": str(account_id), "secret": new_secret()}).encode()
    return jwe.encrypt_compact(dict(_SEAL), content, _key(settings))


def open_secret(settings: Settings, sealed: str, account_id: UUID) -> str | None:
    """None if it was not sealed by us for this account."""
    try:
        opened = jwe.decrypt_compact(sealed, _key(settings), algorithms=list(_SEAL.values()))
    except (JoseError, ValueError):
        return None
    content = json.loads(opened.plaintext or b"{}")
    return str(content["secret"]) if content.get("account") == str(account_id) else None


def confirm(session: Session, account_id: UUID, sealed: str, code: str) -> bool:
    """Stores the offered secret, replacing an earlier one, if the code is currently valid for it."""
    secret = open_secret(settings_of(runtimes.of(session)), sealed, account_id)
    counter = matching_counter(secret, code, clock.now(), _NEVER) if secret else None
    if counter is None:
        return False
    values = {"secret_sealed": sealed, "last_counter": counter, "created_at": clock.now(), "last_used_at": None}
    kept = upsert(session, TotpFactor).values(account_id=account_id, **values)
    session.execute(kept.on_conflict_do_update(index_elements=["account_id"], set_=values))
    return True


def prove(session: Session, account_id: UUID, code: str) -> bool:
    """Accepts a code at most once: of several requests with the same code, one passes."""
    factor = session.get(TotpFactor, account_id)
    if factor is None:
        return False
    secret = open_secret(settings_of(runtimes.of(session)), factor.secret_sealed, account_id)
    if secret is None:
        return False
    counter = matching_counter(secret, code, clock.now(), factor.last_counter)
    if counter is None:
        return False
    taken = (
        update(TotpFactor)
        .where(TotpFactor.account_id == account_id, TotpFactor.last_counter < counter)
        .values(last_counter=counter, last_used_at=clock.now())
        .returning(TotpFactor.account_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(taken) is not None


def _key(settings: Settings) -> OctKey:
    return OctKey.import_key(subkey(settings, "second factors"))
