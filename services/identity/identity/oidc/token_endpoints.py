"""Revocation (RFC 7009), introspection (RFC 7662) and logout requested by a client (RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from typing import Any, ClassVar, NotRequired, TypedDict, cast
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.rpinitiated import EndSessionEndpoint
from chassis import auth, clock
from chassis import runtime as runtimes
from chassis.auth import KeySource
from chassis.problems import Unauthorized
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from identity.models import TokenFamily
from identity.oidc import commands
from identity.oidc.clients import Client
from identity.oidc.context import database
from identity.oidc.grants import AUTH_METHODS
from identity.oidc.queries import Subject, program_account, subject_of
from identity.oidc.signing_keys import ALGORITHM, jwks, public_keys
from identity.sessions.commands import sign_out

_DESCRIBED = ("iss", "sub", "aud", "exp", "iat", "client_id", "scope", "kind", "org", "caf", "amr", "sid")


class AccessClaims(TypedDict):
    """RFC 9068 §2.2, and ours; those of a program have no session."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: int
    iat: int
    client_id: str
    scope: NotRequired[str]
    kind: str
    org: NotRequired[str]
    caf: NotRequired[str]
    amr: NotRequired[list[str]]
    sid: NotRequired[str]


@dataclass(frozen=True)
class RefreshState:
    """The interface that authlib expects of a refresh token at these endpoints."""

    family: TokenFamily

    def check_client(self, client: Client) -> bool:
        return self.family.client_id == client.client_id

    def is_expired(self) -> bool:
        return self.family.expires_at <= clock.now()

    def is_revoked(self) -> bool:
        return self.family.revoked_at is not None or subject_of(database(), self.family.session_id) is None

    def described(self) -> dict[str, object]:
        family = self.family
        return {"client_id": family.client_id, "scope": family.scope, "exp": int(family.expires_at.timestamp())}


@dataclass(frozen=True)
class AccessState:
    claims: AccessClaims

    def check_client(self, client: Client) -> bool:
        return self.claims.get("client_id") == client.client_id

    def is_expired(self) -> bool:
        return int(self.claims["exp"]) <= int(clock.now().timestamp())

    @property
    def subject(self) -> Subject | None:
        """The session's person, while the session is open."""
        try:
            # A signed token may still hold a claim of another form.
            return subject_of(database(), UUID(str(self.claims["sid"])))
        except (KeyError, ValueError):
            return None

    def is_revoked(self) -> bool:
        """Closing the session makes its access token inactive here immediately."""
        if "sid" not in self.claims:
            return program_account(database(), UUID(self.claims["sub"])) is None
        return self.subject is None

    def described(self) -> dict[str, object]:
        return {"token_type": "Bearer"} | {name: value for name, value in self.claims.items() if name in _DESCRIBED}


def read_access_token(text: str) -> AccessClaims | None:
    """The claims of a valid access token, verified as in every service; None for anything else."""
    keys = KeySource(lambda: jwks(database()))
    try:
        # Fails if there is no key: then nothing has been signed.
        keys.refresh()
        return cast(AccessClaims, auth.verify(text, keys, runtimes.of(database()).settings))
    except (JoseError, Unauthorized):
        return None


def token_state(text: str) -> RefreshState | AccessState | None:
    family = commands.family_of(database(), text)
    if family is not None:
        return RefreshState(family)
    claims = read_access_token(text)
    return AccessState(claims) if claims else None


class NotRevocableError(OAuth2Error):  # type: ignore[misc]  # authlib has no types
    """RFC 7009 §2.2.1: a 200 would be false. authlib's own error has the status 401."""

    error = "unsupported_token_type"


class GivenToken:
    """RFC 7009 and 7662 require a token; an unknown hint is not an error (RFC 7009 §2.1)."""

    def check_params(self, request: OAuth2Request, client: Client) -> None:
        if not request.form.get("token"):
            raise InvalidRequestError("Missing 'token'")


class Revocation(GivenToken, RevocationEndpoint):  # type: ignore[misc]  # authlib has no types
    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> RefreshState | AccessState | None:
        return token_state(token_string)

    def revoke_token(self, token: RefreshState | AccessState, request: OAuth2Request) -> None:
        """Revokes a refresh token with its family. An access token lives five minutes and cannot be revoked."""
        if not isinstance(token, RefreshState):
            raise NotRevocableError("Only refresh tokens are revoked here")
        commands.revoke_family(database(), token.family.id, "revoked_by_client")


class Introspection(GivenToken, IntrospectionEndpoint):  # type: ignore[misc]  # authlib has no types
    CLIENT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

    def query_token(self, token_string: str, token_type_hint: str | None) -> RefreshState | AccessState | None:
        return token_state(token_string)

    def check_permission(self, token: RefreshState | AccessState, client: Client, request: OAuth2Request) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: RefreshState | AccessState) -> dict[str, object]:
        return token.described()


class HintNotTrusted(Exception):
    """A token signed by none of our published keys: by a withdrawn key of ours, or by somebody else."""


class EndSession(EndSessionEndpoint):  # type: ignore[misc]  # authlib has no types
    def get_server_jwks(self) -> KeySet:
        return public_keys(database())

    def get_algorithms(self) -> list[str]:
        return [ALGORITHM]

    def _is_valid_post_logout_redirect_uri(self, client: Client, post_logout_redirect_uri: str) -> bool:
        return client.check_post_logout_redirect_uri(post_logout_redirect_uri)

    def _validate_id_token_hint(self, id_token_hint: str) -> dict[str, object]:
        """Accepts any ID token of ours, expired or not; authlib's version lets non-OAuth errors escape.

        Raises HintNotTrusted if we cannot verify the signature, InvalidRequestError if it is not an ID token.
        """
        try:
            token = jwt.decode(id_token_hint, self.get_server_jwks(), algorithms=self.get_algorithms())
        except (JoseError, ValueError) as error:
            if _is_signed(id_token_hint):
                raise HintNotTrusted from error
            raise InvalidRequestError("The 'id_token_hint' is not an ID token of this provider") from error
        if token.header.get("typ") == "at+jwt":
            raise InvalidRequestError("The 'id_token_hint' is an access token")
        return dict(token.claims)

    def end_session(self, end_session_request: Any) -> None:
        """Ends the session named in the id_token; without a hint, the confirmation page has already ended it."""
        claims = end_session_request.id_token_claims or {}
        if "sid" in claims:
            sign_out(database(), UUID(claims["sid"]))


def _is_signed(text: str) -> bool:
    """True if it is a token signed with our algorithm, by whatever key."""
    try:
        return extract_compact(text.encode()).headers().get("alg") == ALGORITHM
    except (JoseError, ValueError):
        return False
