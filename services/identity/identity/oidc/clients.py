"""A registered client, with authlib's interface."""

import hmac
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin

from identity.keys import ALGORITHM
from identity.oidc.addresses import meets

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
        return meets(redirect_uri, self.redirect_uris)

    def check_post_logout_redirect_uri(self, uri: str) -> bool:
        return meets(uri, self.post_logout_redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and "authorization_code" in self.grants

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants
