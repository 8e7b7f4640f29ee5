"""Access tokens verified before: a hit costs one hash instead of a signature check.

Nothing is remembered of a refused token. What may change while a token lives is checked on every hit: its time and that
its key is still published (`rotate --at-once` withdraws it); then, as for any token, its scope and the account status.
"""

import hashlib
import threading
import time
from typing import Any, NamedTuple

from chassis import auth
from chassis.auth import LEEWAY_SECONDS, KeySource
from chassis.settings import Settings

# About 2 KB each.
MOST_TOKENS = 4096


class _Known(NamedTuple):
    claims: dict[str, Any]
    kid: str
    key: str
    starts: float
    ends: float


class TokenMemory:
    """Of one audience and issuer. Keyed by the SHA-256 of the whole token, signature included; never holds a token."""

    def __init__(self, keys: KeySource, settings: Settings, most: int = MOST_TOKENS) -> None:
        self._keys = keys
        self._settings = settings
        self._most = most
        self._known: dict[bytes, _Known] = {}
        self._changing = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def verify(self, token: str) -> dict[str, Any]:
        """The token's claims, a copy of one's own; raises as `auth.verify`, with the same error for every bad token."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(digest)
        if known is not None:
            if self._holds(known):
                return dict(known.claims)
            with self._changing:
                self._known.pop(digest, None)
        # Read before the signature is checked: a key withdrawn meanwhile is not taken for a published one.
        published = self._keys.thumbprints
        claims, kid = auth.verified(token, self._keys, self._settings)
        if kid in published:
            self._remember(digest, _Known(dict(claims), kid, published[kid], _start(claims), claims["exp"]))
        return claims

    def _holds(self, known: _Known) -> bool:
        now = int(time.time())
        in_time = known.starts <= now + LEEWAY_SECONDS and known.ends > now - LEEWAY_SECONDS
        return in_time and self._keys.thumbprints.get(known.kid) == known.key

    def _remember(self, digest: bytes, known: _Known) -> None:
        with self._changing:
            while len(self._known) >= self._most:
                # The oldest: tokens live five minutes, so it is the next to end.
                del self._known[next(iter(self._known))]
            self._known[digest] = known


def _start(claims: dict[str, Any]) -> float:
    return float(max(claims.get("nbf", 0), claims.get("iat", 0)))
