"""The registered clients, read once from ``clients.toml``."""

import hmac
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from authlib.oauth2.rfc6749 import ClientMixin

from identity.keys import ALGORITHM
from identity.settings import Settings

SCOPES = ("openid", "profile", "email", "offline_access")
GRANTS = ("authorization_code", "refresh_token")


@dataclass(frozen=True, kw_only=True)
class Client(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """Public when `confidential` is false: it then proves itself by PKCE alone."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scope: str
    confidential: bool
    secret: str = ""
    loopback: bool = False
    id_token_signed_response_alg: str = ALGORITHM

    @property
    def client_metadata(self) -> dict[str, Any]:
        return {"post_logout_redirect_uris": list(self.post_logout_redirect_uris)}

    @property
    def auth_method(self) -> str:
        return "client_secret_basic" if self.confidential else "none"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """None: the address is always asked for, since it is always compared."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is asked and registered, in the order registered; everything registered when nothing is asked."""
        asked = (scope or self.scope).split()
        return " ".join(name for name in self.scope.split() if name in asked)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return (_without_port(redirect_uri) if self.loopback else redirect_uri) in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANTS and (grant_type != "refresh_token" or "offline_access" in self.scope.split())


def load_clients(settings: Settings) -> dict[str, Client]:
    declared = tomllib.loads((files("identity") / "clients.toml").read_text())
    return {client_id: _client(client_id, entry, settings) for client_id, entry in declared.items()}


def _client(client_id: str, entry: dict[str, Any], settings: Settings) -> Client:
    secret_setting = entry.get("secret_setting")
    return Client(
        client_id=client_id,
        name=entry["name"],
        redirect_uris=tuple(uri.format(public_url=settings.public_url) for uri in entry["redirect_uris"]),
        post_logout_redirect_uris=tuple(
            uri.format(public_url=settings.public_url) for uri in entry["post_logout_redirect_uris"]
        ),
        scope=entry["scope"],
        confidential=secret_setting is not None,
        secret=getattr(settings, secret_setting) if secret_setting else "",
        loopback=entry.get("loopback", False),
    )


def _without_port(uri: str) -> str:
    """The address without its port, when it is a well-formed ``http://127.0.0.1``; else unchanged."""
    try:
        parts = urlsplit(uri)
        numbered = parts.port is not None
    except ValueError:
        return uri
    if not numbered or parts.netloc != f"127.0.0.1:{parts.port}":
        return uri
    return urlunsplit(parts._replace(netloc="127.0.0.1"))
