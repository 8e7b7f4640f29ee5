"""Authentication of confidential clients by HTTP Basic (RFC 6749 §2.3.1)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from identity.oidc.clients import Client


def by_basic(query_client: Callable[[str], Client | None], request: Any) -> Client | None:
    """Replaces authlib's, which does not undo the form encoding required by the RFC and fails on invalid UTF-8."""
    given = request.received.authorization
    if given is None or given.type != "basic":
        return None
    # Many clients send them without the encoding.
    for name, secret in _spellings(given.username or "", given.password or ""):
        client = query_client(name)
        if client is not None and client.check_client_secret(secret):
            return client
    return None


def _spellings(name: str, secret: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (name, secret), (unquote_plus(name), unquote_plus(secret))
