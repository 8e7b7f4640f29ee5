"""Access tokens: RFC 9068 ``at+jwt``, ES256, five minutes; refresh tokens: random, then each derived from the last."""

import secrets
from typing import Any

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc.jwk import KeySet

from identity.keys import ALGORITHM, signing_key
from identity.oidc.client_credentials import ClientAccount
from identity.oidc.clients import Client
from identity.oidc.context import database
from identity.oidc.subject import Subject
from identity.settings import Settings

Holder = Subject | ClientAccount


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]  # authlib has no types
    def __init__(self, settings: Settings) -> None:
        super().__init__(
            issuer=settings.issuer,
            alg=ALGORITHM,
            refresh_token_generator=lambda **_: new_refresh_token(),
            expires_generator=lambda _client, _grant: settings.access_token_seconds,
        )
        self.audience = settings.audience

    def get_jwks(self) -> KeySet:
        return KeySet([signing_key(database())])

    def get_audiences(self, client: Client, user: Holder, scope: str) -> str:
        """One audience for all five services: they are one product behind one gateway."""
        return self.audience

    def get_auth_time(self, user: Holder) -> int | None:
        return None if user.authenticated_at is None else int(user.authenticated_at.timestamp())

    def get_amr(self, user: Holder) -> list[str]:
        return list(user.amr)

    def get_extra_claims(self, client: Client, grant_type: str, user: Holder, scope: str) -> dict[str, Any]:
        return user.claims()


def new_refresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)
