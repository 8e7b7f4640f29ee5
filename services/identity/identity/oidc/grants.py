"""The grants, PKCE, ID tokens and access tokens, with authlib's unsafe defaults overridden."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar, NotRequired, TypedDict

from authlib.oauth2.rfc6749 import OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidRequestError, UnauthorizedClientError
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from chassis import clock, ids
from joserfc.jwk import ECKey, KeySet

from identity.crypto.key_derivation import digest, successor
from identity.domain.credentials import normalise_login
from identity.models import Account
from identity.oidc import commands
from identity.oidc.clients import Client
from identity.oidc.commands import NewCode, RedeemedCode, RedeemedRefresh
from identity.oidc.context import database
from identity.oidc.queries import (
    ClientAccount,
    PersonClaims,
    ProgramClaims,
    Subject,
    program_account_where,
    subject_of_token,
)
from identity.oidc.signing_keys import ALGORITHM, signing_key
from identity.sessions.commands import touch_session
from identity.sessions.queries import is_seen_lately
from identity.settings import Settings

AUTH_METHODS = ["client_secret_basic", "none"]


class TokenAnswer(TypedDict):
    """RFC 6749 §5.1, and the ID token of OpenID Connect Core §3.1.3.3."""

    token_type: str
    access_token: str
    expires_in: int
    scope: NotRequired[str]
    refresh_token: NotRequired[str]
    id_token: NotRequired[str]


class PkceForAll(CodeChallenge):  # type: ignore[misc]  # authlib has no types
    """RFC 9700 §2.1.1: S256 only, also for confidential clients (authlib requires it of public ones, at the token)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar = ["S256"]
    CODE_CHALLENGE_METHODS: ClassVar = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            # An absent method means "plain" (RFC 7636 §4.3), or no PKCE at all, which authlib would accept.
            raise InvalidRequestError("'code_challenge_method' must be S256")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    @staticmethod
    def validate_no_multiple_request_parameter(request: OAuth2Request) -> None:
        """Does nothing: `authorization` checks the address, `RequestValidation` the rest once errors may be sent."""

    def generate_authorization_code(self) -> str:
        """288 random bits in one draw: authlib draws each character."""
        return secrets.token_urlsafe(36)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked, subject = request.payload.data, request.user
        now = clock.now()
        row: NewCode = {
            "code_hash": digest(code),
            "client_id": request.client.client_id,
            "session_id": subject.session_id,
            "family_id": ids.new_id(),
            "redirect_uri": request.payload.redirect_uri,
            "scope": request.scope,
            "nonce": asked.get("nonce"),
            "code_challenge": asked["code_challenge"],
            "issued_at": now,
            "expires_at": now + timedelta(seconds=self.server.settings.authorization_code_seconds),
        }
        commands.keep_code(database(), row)

    def query_authorization_code(self, code: str, client: Client) -> RedeemedCode | None:
        """Consumes the code here: authlib deletes it after issuing the token, so two requests could succeed."""
        row = commands.consume_code(database(), code, client.client_id)
        if row is None:
            return None
        subject = subject_of_token(database(), row.session_id)
        if subject is None:
            return None
        self.request.user = subject
        return RedeemedCode(
            client_id=row.client_id,
            session_id=row.session_id,
            family_id=row.family_id,
            redirect_uri=row.redirect_uri,
            scope=row.scope,
            nonce=row.nonce,
            code_challenge=row.code_challenge,
            authenticated_at=subject.authenticated_at,
            amr=subject.amr,
        )

    def delete_authorization_code(self, authorization_code: RedeemedCode) -> None:
        """Does nothing: the row stays, so that a second use is detected."""

    def authenticate_user(self, authorization_code: RedeemedCode) -> Subject:
        subject: Subject = self.request.user
        return subject

    def save_token(self, token: TokenAnswer) -> None:
        if "offline_access" not in self.request.authorization_code.scope.split():
            token.pop("refresh_token", None)
        if "refresh_token" in token:
            expires_at = self.request.user.session_expires_at
            commands.start_family(database(), self.request.authorization_code, token["refresh_token"], expires_at)


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # authlib has no types
    """RFC 9700 §4.14.2: rotation, hashed at rest, reuse revokes the family, absolute lifetime of the session."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RedeemedRefresh | None:
        following = successor(self.server.settings, refresh_token)
        redeemed = commands.consume_refresh(database(), refresh_token, self.request.client.client_id, following)
        if redeemed is None:
            return None
        self.request.user = redeemed.subject
        # A refresh counts as activity of the session.
        if not is_seen_lately(redeemed.subject.seen_at):
            touch_session(database(), redeemed.subject.session_id)
        return redeemed

    def authenticate_user(self, refresh_token: RedeemedRefresh) -> Subject:
        return refresh_token.subject

    def issue_token(self, user: Subject, refresh_token: RedeemedRefresh) -> TokenAnswer:
        token: TokenAnswer = super().issue_token(user, refresh_token)
        # Derived and already stored, so that a double click gets the same one.
        token["refresh_token"] = successor(self.server.settings, refresh_token.token)
        return token

    def save_token(self, token: TokenAnswer) -> None:
        """Does nothing: the successor was stored when its predecessor was used."""

    def revoke_old_credential(self, refresh_token: RedeemedRefresh) -> None:
        """Does nothing: `authenticate_refresh_token` checks and uses it in the same statement."""


class IdTokens(OpenIDCode):  # type: ignore[misc]  # authlib has no types
    def __init__(self, settings: Settings) -> None:
        super().__init__(require_nonce=False)
        self.settings = settings

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        """False: the nonce protects the client; here the single-use code prevents replay."""
        return False

    def resolve_client_private_key(self, client: Client) -> ECKey:
        return signing_key(database())

    def get_client_algorithm(self, client: Client) -> str:
        return ALGORITHM

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": str(signing_key(database()).kid)}

    def get_client_claims(self, client: Client) -> dict[str, str | int]:
        expires_at = clock.now() + timedelta(seconds=self.settings.access_token_seconds)
        return {"iss": self.settings.issuer, "aud": client.client_id, "exp": int(expires_at.timestamp())}

    def generate_user_info(self, user: Subject, scope: str) -> UserInfo:
        # Time of the sign-in, not of the refresh: authlib would use the current time.
        authenticated = {"auth_time": int(user.authenticated_at.timestamp()), "amr": list(user.amr)}
        return UserInfo({**user.profile(scope), **authenticated})


class ProgramGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

    def generate_token(self, **asked: Any) -> TokenAnswer:
        client: Client = self.request.client
        program = program_account_where(database(), Account.login == normalise_login(client.user))
        if program is None:
            raise UnauthorizedClientError("The account of this client is not there, or not of a landlord")
        token: TokenAnswer = super().generate_token(user=program, **asked)
        return token


Holder = Subject | ClientAccount


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]  # authlib has no types
    """RFC 9068 ``at+jwt``, ES256, five minutes; refresh tokens are random, then each derived from the last."""

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

    def get_jti(self, client: Client, grant_type: str, user: Holder, scope: str) -> str:
        """128 random bits in one draw: authlib draws each character."""
        return secrets.token_urlsafe(16)

    def get_audiences(self, client: Client, user: Holder, scope: str) -> str:
        """One audience for all five services: they are one product behind one gateway."""
        return self.audience

    def get_auth_time(self, user: Holder) -> int | None:
        return None if user.authenticated_at is None else int(user.authenticated_at.timestamp())

    def get_amr(self, user: Holder) -> list[str]:
        return list(user.amr)

    def get_extra_claims(
        self, client: Client, grant_type: str, user: Holder, scope: str
    ) -> PersonClaims | ProgramClaims:
        return user.claims()


def new_refresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)
