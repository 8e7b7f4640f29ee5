"""Registered clients: scopes, redirect addresses (RFC 8252 §7, RFC 9700 §2.1), authentication by HTTP Basic.

Redirect addresses are compared as written: a URL parser would drop a leading space or lower-case the scheme, and accept
undeclared addresses.
"""

import hmac
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import ClientMixin

from identity.oidc.signing_keys import ALGORITHM

# For people. `openid` also gives access to the services' APIs, within the person's rights.
PEOPLE_SCOPES = {
    "openid": "qui est la personne ; ouvre les API, dans la limite de ses droits",
    "profile": "son nom et son prénom",
    "email": "son adresse de courriel",
    "offline_access": "rester connecté après cinq minutes (jeton de rafraîchissement)",
}
# For programs: each gives access only to the operations that list it in their OpenAPI document; the services check it.
PROGRAM_SCOPES = {
    "declarations:read": "lire les déclarations de son organisme, dans la limite de ses groupes",
}
ALL_SCOPES = (*PEOPLE_SCOPES, *PROGRAM_SCOPES)
GRANTS = ("authorization_code", "refresh_token", "client_credentials")


@dataclass(frozen=True, kw_only=True)
class Client(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """If `confidential` is false, the client is public and uses PKCE alone.

    `user`: login of the account as which a program without a person acts (client credentials).
    """

    client_id: str
    name: str
    grants: tuple[str, ...]
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    confidential: bool = False
    secret: str = ""
    user: str = ""
    id_token_signed_response_alg: str = ALGORITHM

    @property
    def auth_method(self) -> str:
        return "client_secret_basic" if self.confidential else "none"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """None: clients must always send the address, so that it is always compared."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The requested scope, by default everything registered; None (invalid_scope) if it exceeds that."""
        asked = set((scope or "").split()) or set(self.scopes)
        return " ".join(name for name in self.scopes if name in asked) if asked <= set(self.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Exact comparison; a registered loopback address matches on any port (RFC 8252 §7.3)."""
        return matches_declared(redirect_uri, self.redirect_uris)

    def check_post_logout_redirect_uri(self, uri: str) -> bool:
        return matches_declared(uri, self.post_logout_redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and "authorization_code" in self.grants

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants


LAST_PORT = 65535
# The characters of a URL (RFC 3986 §2) except « # »: with a fragment the client would not receive the code.
_WRITTEN = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_LOOPBACK = re.compile(r"http://127\.0\.0\.1(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>/.*)?")
_WEB = re.compile(r"https?://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>[1-9][0-9]{0,4}))?(?:[/?].*)?")
# A private-use scheme contains a dot and has no host (RFC 8252 §7.1).
_OWN = re.compile(r"(?=[^:]*\.)[a-z][a-z0-9+.-]*:(?!//[^/]).+")


def matches_declared(address: str, declared: Collection[str]) -> bool:
    """Exact comparison; a declared loopback address matches on any port (RFC 8252 §7.3)."""
    return address in declared or without_port(address) in declared


def without_port(address: str) -> str | None:
    """The address without its port, if it starts with ``http://127.0.0.1:1`` to ``:65535``."""
    found = _LOOPBACK.fullmatch(address)
    if not found or not found["port"] or not _is_port(found["port"]):
        return None
    return f"http://127.0.0.1{found['rest'] or ''}"


def is_declarable(address: str, public_url: str) -> bool:
    """True for https with a host, the product's own address, loopback without a port, or a private-use scheme."""
    if not _WRITTEN.fullmatch(address) or "*" in address:
        return False
    loopback = _LOOPBACK.fullmatch(address)
    if loopback:
        return loopback["port"] is None
    web = _WEB.fullmatch(address)
    if web:
        # The product's own address may be plain http if the settings allow it, which production does not.
        own = address.startswith(f"{public_url}/")
        return _is_port(web["port"]) and (address.startswith("https:") or own)
    return bool(_OWN.fullmatch(address))


def _is_port(text: str | None) -> bool:
    return text is None or int(text) <= LAST_PORT


def by_basic(query_client: Callable[[str], Client | None], request: Any) -> Client | None:
    """RFC 6749 §2.3.1. Unlike authlib's, undoes the form encoding it requires and does not fail on invalid UTF-8."""
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
