"""Identity as an authlib client: authorization code with PKCE (S256), state and nonce."""

import threading
from typing import Any, NotRequired, TypedDict
from urllib.parse import urlsplit

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask

from portal.clients.errors import Unavailable
from portal.settings import PortalSettings

NAME = "identity"
CLIENT_ID = "portal"
# Neither profile nor email: the id token is in the sign-out URL, so it must not identify the person.
SCOPE = "openid offline_access"
SECONDS = 10
# The endpoints that the portal calls itself, at its own gateway address; browsers use the public ones.
CALLED_BY_THE_PORTAL = ("token_endpoint", "jwks_uri", "userinfo_endpoint", "revocation_endpoint")


class TokenResponse(TypedDict):
    """RFC 6749 § 5.1, and the id token of OpenID Connect."""

    access_token: str
    refresh_token: NotRequired[str]
    id_token: NotRequired[str]
    expires_in: NotRequired[int]


class Provider(FlaskOAuth2App):  # type: ignore[misc]  # authlib is untyped
    """Reads identity's discovery document once, at the portal's own gateway address."""

    issuer = ""
    api_url = ""
    reading = threading.Lock()

    # authlib's own signature and attribute.
    def load_server_metadata(self) -> dict[str, Any]:
        """Raises Unavailable when the document's issuer is another."""
        with self.reading:
            metadata: dict[str, Any] = self.server_metadata
            if "_loaded_at" not in metadata:
                super().load_server_metadata()
                if metadata.get("issuer") != self.issuer:
                    metadata.clear()
                    raise Unavailable("another issuer")
                for name in CALLED_BY_THE_PORTAL:
                    if name in metadata:
                        metadata[name] = self.api_url + urlsplit(metadata[name]).path
        return metadata

    def refresh(self, refresh_token: str) -> TokenResponse:
        """New tokens for a refresh token. Raises OAuthError when it is no longer valid."""
        metadata = self.load_server_metadata()
        with self._get_oauth_client(**metadata) as client:
            renewed: TokenResponse = client.refresh_token(metadata["token_endpoint"], refresh_token=refresh_token)
        return renewed


def add_provider(app: Flask, settings: PortalSettings) -> Provider:
    """Registers identity with authlib; nothing is fetched before the first sign-in."""
    api_url = settings.api_url.rstrip("/")
    provider: Provider = OAuth(app).register(
        NAME,
        client_cls=Provider,
        client_id=CLIENT_ID,
        client_secret=settings.portal_client_secret,
        server_metadata_url=f"{api_url}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "default_timeout": SECONDS},
    )
    provider.issuer, provider.api_url = settings.issuer, api_url
    return provider
