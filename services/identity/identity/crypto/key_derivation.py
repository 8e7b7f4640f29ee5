"""Digests and keys derived from random values and the service's key, so that neither is stored."""

import hashlib
import hmac
from functools import lru_cache

from chassis.keys import b64
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from identity.settings import Settings


def digest(random_value: str) -> str:
    """SHA-256 in hexadecimal of a code or token: enough for values with 256 random bits or more."""
    return hashlib.sha256(random_value.encode()).hexdigest()


def keyed_digest(settings: Settings, *parts: str) -> str:
    """HMAC in hexadecimal of typed text: counts it without storing it, and the table does not allow guessing it."""
    return hmac.new(subkey(settings, "typed"), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def successor(settings: Settings, refresh_token: str) -> str:
    """The next refresh token, always the same for a given one: a double click gets the same answer from hashes only."""
    return b64(hmac.new(subkey(settings, "refresh"), refresh_token.encode(), hashlib.sha256).digest())


def subkey(settings: Settings, use: str) -> bytes:
    """Derives a 32-byte key per use (RFC 5869), so that one key in the settings is enough."""
    return _subkey(settings.identity_key_bytes, use)


@lru_cache(maxsize=16)
def _subkey(key: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"bailleurs identity {use}".encode()).derive(key)
