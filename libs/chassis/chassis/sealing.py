"""Encryption of data in transit: personal data for our services, secrets for a single service."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey, OctKey

from chassis.keys import unb64
from chassis.settings import Settings, SettingsError

# Copied for each use: joserfc writes the ephemeral key into the header it is given.
_DIRECT = {"alg": "dir", "enc": "A256GCM"}
_FOR_ONE = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}


class _Large(JWERegistry):
    """joserfc's limit is 64 kB; a letter's PDF, or an agency's tenants, take more."""

    max_ciphertext_length = 64 * 1024 * 1024


class SealBroken(Exception):
    """The sealed text cannot be opened: wrong key, or altered."""


def seal_personal(settings: Settings, personal: Mapping[str, object]) -> str:
    """JWE compact (RFC 7516) under the key that our services share; raises SettingsError without the key."""
    return jwe.encrypt_compact(dict(_DIRECT), json.dumps(personal).encode(), _event_key(settings.event_key))


def open_personal(settings: Settings, sealed: str) -> dict[str, Any]:
    """Raises SealBroken."""
    return _open(sealed, _event_key(settings.event_key), list(_DIRECT.values()))


def seal_for(settings: Settings, service: str, secret: dict[str, Any]) -> str:
    """JWE that only that service can open; raises SettingsError when its public key is not configured."""
    key = _sealing_keys(settings.sealing_public_keys).get(service)
    if key is None:
        raise SettingsError(f"BAILLEURS_SEALING_PUBLIC_KEYS ne contient pas la clé de « {service} ».")
    return jwe.encrypt_compact(dict(_FOR_ONE), json.dumps(secret).encode(), key)


def open_sealed(settings: Settings, sealed: str) -> dict[str, Any]:
    """Opens what `seal_for` sealed for this service; raises SealBroken, or SettingsError without the private key."""
    key = _sealing_keys(settings.sealing_private_keys).get(settings.service)
    if key is None:
        raise SettingsError(f"BAILLEURS_SEALING_PRIVATE_KEYS ne contient pas la clé de « {settings.service} ».")
    return _open(sealed, key, list(_FOR_ONE.values()))


def _open(sealed: str, key: ECKey | OctKey, algorithms: list[str]) -> dict[str, Any]:
    try:
        plaintext = jwe.decrypt_compact(sealed, key, registry=_Large(algorithms=algorithms)).plaintext
    except (JoseError, ValueError) as error:
        raise SealBroken from error
    opened: dict[str, Any] = json.loads(plaintext or b"{}")
    return opened


@lru_cache(maxsize=8)
def _event_key(encoded: str) -> OctKey:
    with suppress(ValueError):
        if len(key := unb64(encoded)) == 32:
            return OctKey.import_key(key)
    raise SettingsError("BAILLEURS_EVENT_KEY : 32 octets en base64url sont attendus ; « bailleurs secrets » en fait.")


@lru_cache(maxsize=16)
def _sealing_keys(encoded: str) -> dict[str, ECKey]:
    try:
        keys = json.loads(unb64(encoded))["keys"] if encoded else []
        return {key["kid"]: ECKey.import_key(key) for key in keys}
    except (JoseError, ValueError, KeyError, TypeError):
        raise SettingsError("BAILLEURS_SEALING_…_KEYS : clés illisibles ; « bailleurs secrets » en fait.") from None
