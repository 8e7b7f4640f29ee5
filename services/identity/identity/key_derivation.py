"""What is derived from random values and from the service's key, so that neither is stored."""

import hashlib
import hmac
from functools import lru_cache

from chassis.keys import b64
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from identity.settings import Settings


def digest(random_value: str) -> str:
    """SHA-256 in hexadecimal of a code or a token: enough for what holds 256 random bits or more."""
    return hashlib.sha256(random_value.encode()).hexdigest()


def keyed_digest(settings: Settings, *parts: str) -> str:
    """HMAC in hexadecimal of what people typed: counted without being kept, and not to be guessed from the table."""
    return hmac.new(subkey(settings, "typed"), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def successor(settings: Settings, refresh_token: str) -> str:
    """The refresh token that follows: the same answer for a double click, although only hashes are kept."""
    return b64(hmac.new(subkey(settings, "refresh"), refresh_token.encode(), hashlib.sha256).digest())


def subkey(settings: Settings, use: str) -> bytes:
    """32 bytes for one use (RFC 5869), so that one key in the settings is enough."""
    return _subkey(settings.identity_key_bytes, use)


@lru_cache(maxsize=16)
def _subkey(key: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"bailleurs identity {use}".encode()).derive(key)
