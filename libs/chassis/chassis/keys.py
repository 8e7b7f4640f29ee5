"""Generates the keys of an installation; none is ever committed."""

import base64
import json
import secrets
from collections.abc import Iterable

from joserfc.jwk import ECKey

# event_key: see Settings. identity_key: encrypts identity's signing keys at rest. The other two are the portal's.
_RANDOM = ("EVENT_KEY", "IDENTITY_KEY", "PORTAL_CLIENT_SECRET", "SESSION_KEY")
SEALED_FOR = ("documents", "notification")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def generate(services: Iterable[str] = SEALED_FOR) -> dict[str, str]:
    """Fresh values of every secret setting, by environment key.

    ``BAILLEURS_SEALING_PRIVATE_KEYS`` holds every service's; where services run apart, give each only
    ``BAILLEURS_SEALING_PRIVATE_KEYS_<SERVICE>``.
    """
    pairs = {name: ECKey.generate_key("P-256", {"kid": name, "use": "enc"}, auto_kid=False) for name in services}
    private = {name: _jwks([key.as_dict(private=True)]) for name, key in pairs.items()}
    return {
        **{f"BAILLEURS_{name}": b64(secrets.token_bytes(32)) for name in _RANDOM},
        "BAILLEURS_SEALING_PUBLIC_KEYS": _jwks([key.as_dict(private=False) for key in pairs.values()]),
        "BAILLEURS_SEALING_PRIVATE_KEYS": _jwks([key.as_dict(private=True) for key in pairs.values()]),
        **{f"BAILLEURS_SEALING_PRIVATE_KEYS_{name.upper()}": value for name, value in private.items()},
    }


def _jwks(keys: list[object]) -> str:
    return b64(json.dumps({"keys": keys}).encode())
