"""RFC 9068 access tokens: each service verifies them itself with cached keys, behind the gateway or not."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.problems import Forbidden, Unauthorized, Unavailable
from chassis.settings import Settings

log = structlog.get_logger()
ALGORITHMS = ["ES256"]
REFRESH_SECONDS = 60
ASKED_AGAIN_SECONDS = 1.0
FRESH_SECONDS = 1.75
PATIENCE_SECONDS = 0.25
LEEWAY_SECONDS = 10
KINDS = ("landlord", "agent")
_CAF_CODE = re.compile("[0-9]{3}")


@dataclass(frozen=True)
class Caller:
    """The person (or program) behind a verified token. Permissions are not here: every query joins them."""

    sub: UUID
    kind: str
    org: UUID | None
    caf: str | None
    supervisor: bool
    scope: frozenset[str]
    amr: tuple[str, ...]
    sid: str

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> "Caller":
        """Raises ValueError, TypeError, AttributeError or KeyError for claims unlike those identity writes."""
        kind, caf, supervisor, amr = (claims.get(name) for name in ("kind", "caf", "supervisor", "amr"))
        if kind not in KINDS or not isinstance(supervisor, bool | None) or not isinstance(amr, list | None):
            raise ValueError("kind, supervisor or amr")
        if caf is not None and not _CAF_CODE.fullmatch(caf):
            raise ValueError("caf")
        return cls(
            sub=UUID(claims["sub"]),
            kind=kind,
            org=UUID(claims["org"]) if claims.get("org") is not None else None,
            caf=caf,
            supervisor=bool(supervisor),
            scope=frozenset(claims.get("scope", "").split()),
            amr=tuple(map(str, amr or ())),
            sid=str(UUID(claims["sid"])) if claims.get("sid") else "",
        )

    def as_agent(self) -> "Caller":
        """Raises Forbidden for anyone who is not a Caf agent."""
        if self.kind != "agent":
            raise Forbidden("Cette action est réservée aux agents de la Caf.")
        return self

    def as_landlord(self) -> "Caller":
        """Raises Forbidden for anyone who does not act for a landlord's organisation."""
        if self.kind != "landlord" or self.org is None:
            raise Forbidden("Cette action est réservée aux bailleurs.")
        return self


class KeySource:
    """The public keys of the tokens, fetched by a background thread; the event loop never waits for the network.

    Looked at again every minute, and every second while requests come: a key withdrawn by `rotate --at-once` opens
    nothing two seconds later. A request that finds them older waits for the fetch, but not longer than
    `PATIENCE_SECONDS`: when the issuer is away the known keys stay.
    """

    def __init__(self, fetch: Callable[[], Any]) -> None:
        self._fetch = fetch
        self._keys: KeySet | None = None
        # Key id → RFC 7638 thumbprint of each published key; replaced whole, never changed.
        self.thumbprints: Mapping[str, str] = {}
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._running = False
        self._fetched_at = 0.0
        # Of the last attempt, whether it succeeded or not.
        self._looked_at = 0.0
        self._next_look: Future[None] = Future()

    @classmethod
    def from_url(cls, url: str) -> "KeySource":
        # One connection, made at the first fetch: a client takes longer to make than the keys to come.
        client = cache(lambda: httpx.Client(timeout=5))
        return cls(lambda: client().get(url).raise_for_status().json())

    @property
    def ready(self) -> bool:
        return self._keys is not None

    def get(self) -> KeySet:
        """Raises Unavailable until the first keys have come."""
        if self._keys is None:
            raise Unavailable
        return self._keys

    def fresh(self) -> bool:
        """Whether the known keys are as published two seconds ago, or nobody can fetch newer ones; asks for them."""
        age = time.monotonic() - self._looked_at
        if age > ASKED_AGAIN_SECONDS:
            self._wanted.set()
        return age < FRESH_SECONDS or not self._running

    async def refreshed(self) -> None:
        """Waits until the issuer has been asked again, `PATIENCE_SECONDS` at most."""
        next_look = asyncio.wrap_future(self._next_look)
        self._wanted.set()
        await asyncio.wait([next_look], timeout=PATIENCE_SECONDS)

    def refresh(self) -> None:
        self._looked_at = time.monotonic()
        fetched = KeySet.import_key_set(self._fetch())
        self._keys = fetched
        self.thumbprints = {key.kid: key.thumbprint() for key in reversed(fetched.keys) if key.kid}
        self._fetched_at = time.monotonic()

    def refresh_soon(self) -> None:
        """Called for an unknown key id; at most one fetch in five seconds, however many forged tokens come."""
        if time.monotonic() - self._fetched_at > 5:
            self._wanted.set()

    def start(self) -> None:
        self._running = True
        threading.Thread(target=self._run, name="jwks", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self._wanted.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.refresh()
                wait = float(REFRESH_SECONDS)
            except Exception as error:
                # Whatever the issuer answered, keep the known keys and retry.
                log.warning("keys not fetched", error=type(error).__name__)
                wait = 1.0
            looked, self._next_look = self._next_look, Future()
            # Whoever waited may have given up, and their future with them.
            if looked.set_running_or_notify_cancel():
                looked.set_result(None)
            self._wanted.wait(wait)
            self._wanted.clear()


def verify(token: str, keys: KeySource, settings: Settings) -> dict[str, Any]:
    """The claims of a valid access token; raises Unauthorized with the same sentence for every kind of bad token."""
    return verified(token, keys, settings)[0]


def verified(token: str, keys: KeySource, settings: Settings) -> tuple[dict[str, Any], str]:
    """As `verify`, and the id of the key that signed; empty when the token names none."""
    refused = Unauthorized("Le jeton d’accès n’est pas valable ou a expiré.")
    try:
        decoded = jwt.decode(token, keys.get(), algorithms=ALGORITHMS)
        _registry(settings).validate(decoded.claims)
        Caller.from_claims(decoded.claims)
    except (JoseError, LookupError, ValueError, TypeError, AttributeError) as error:
        keys.refresh_soon()
        raise refused from error
    # RFC 9068 §4: an ID token, or any other JWT of ours, is not an access token.
    if decoded.header.get("typ") != "at+jwt":
        raise refused
    return dict(decoded.claims), str(decoded.header.get("kid") or "")


def check_scope(claims: dict[str, Any], named: Collection[str]) -> None:
    """Raises Forbidden unless a person's token (`openid`), or a program's with all the scopes the operation names.

    An operation that names no scope is for people.
    """
    held = set(claims.get("scope", "").split())
    if "openid" not in held and not (named and held.issuperset(named)):
        raise Forbidden("Ce jeton n’a pas la portée (scope) que cette opération demande.")


def _registry(settings: Settings) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.audience},
        sub={"essential": True},
        exp={"essential": True},
        kind={"essential": True},
    )
