"""The authorization server: grants, endpoints and client authentication registered with authlib, and its refusals."""

from collections.abc import Container
from datetime import timedelta
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc9207 import IssuerParameter
from chassis.runtime import Runtime
from flask import Request, Response, current_app, request
from flask import request as current_request

from identity.domain.networks import network_of
from identity.domain.security_events import Kind
from identity.domain.throttle import Counter, Policy
from identity.journal import record
from identity.journal.client_address import client_address
from identity.oidc import clients
from identity.oidc.client_config import load_clients
from identity.oidc.clients import Client, by_basic
from identity.oidc.context import database
from identity.oidc.grants import AccessTokens, CodeGrant, IdTokens, PkceForAll, ProgramGrant, RefreshGrant, TokenAnswer
from identity.oidc.request_validation import Parameters, RequestValidation, parameters
from identity.oidc.token_endpoints import EndSession, Introspection, Revocation
from identity.settings import Settings, settings_of
from identity.throttling import attempts

# Part of a normal sign-in, not refusals.
_ORDINARY = ("login_required", "interaction_required")
# Anybody can cause refusals without limit: a few lines per kind, client and network are enough.
_BOUND = Policy(10, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=1))


class PublicRequest(OAuth2Request):  # type: ignore[misc]  # authlib has no types
    """The request with its public URL: behind a gateway that is the issuer's address, not this process's."""

    def __init__(self, request: Request, settings: Settings) -> None:
        address = settings.issuer + request.path
        if settings.environment != "production":
            # authlib refuses plain http, which is allowed outside production.
            address = address.replace("http://", "https://", 1)
        super().__init__(method=request.method, uri=address, headers=request.headers)
        self.received = request
        self.payload = Parameters(request)

    @property
    def args(self) -> Any:
        return self.received.args

    @property
    def form(self) -> Any:
        return self.received.form


class Issuer(IssuerParameter):  # type: ignore[misc]  # authlib has no types
    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer


class Provider(AuthorizationServer):  # type: ignore[misc]  # authlib has no types
    """Only ``response_type=code`` is registered: there are no implicit or hybrid flows."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime
        self.settings = settings_of(runtime)
        self.clients = load_clients(self.settings)
        self.scopes_supported = clients.ALL_SCOPES
        self.register_client_auth_method("client_secret_basic", by_basic)
        self.register_token_generator("default", AccessTokens(self.settings))
        self.issuer = Issuer(self.settings.issuer)
        self.register_extension(self.issuer)
        self.register_grant(CodeGrant, [RequestValidation(), PkceForAll(required=True), IdTokens(self.settings)])
        self.register_grant(RefreshGrant, [IdTokens(self.settings)])
        self.register_grant(ProgramGrant)
        for endpoint in (Revocation, Introspection, EndSession):
            self.register_endpoint(endpoint)

    def query_client(self, client_id: str) -> Client | None:
        return self.clients.get(client_id)

    def save_token(self, token: TokenAnswer, request: OAuth2Request) -> None:
        """Does nothing: each grant stores its own tokens."""

    def handle_error_response(self, request: OAuth2Request | None, error: OAuth2Error) -> Response:
        """Journals every error returned to a client."""
        note_refusal(error, self.clients)
        answer: Response = super().handle_error_response(request, error)
        return answer

    def refuse(self, error: OAuth2Error) -> Response:
        """The redirect to the client with the error and the issuer, which RFC 9207 also requires for errors."""
        answer: Response = super().handle_error_response(None, error)
        self.issuer.add_issuer_parameter(self, answer)
        return answer

    def create_oauth2_request(self, request: Request | PublicRequest | None) -> PublicRequest:
        return request if isinstance(request, PublicRequest) else PublicRequest(current_request, self.settings)


def provider() -> Provider:
    """The provider of the current application."""
    found: Provider = current_app.extensions["oidc"]
    return found


def note_refusal(error: OAuth2Error, clients: Container[str]) -> None:
    """Writes a line in the request's transaction; includes the client's name only if it is registered."""
    if error.error in _ORDINARY:
        return
    asked = parameters(request)
    named = (request.authorization and request.authorization.username) or asked.get("client_id", "")
    client = named if named in clients else ""
    session = database()
    network = network_of(client_address(request))
    if attempts.take(session, (Counter(_BOUND, "oidc refusal", f"{error.error} {client} {network}"),)):
        return
    endpoint = request.path.rpartition("/")[2]
    described = {"client": client, "error": error.error, "endpoint": endpoint}
    kind = Kind.TOKEN_REFUSED if endpoint == "token" else Kind.REQUEST_REFUSED
    record(session, kind, None, actor=f"client {client}".strip(), details=described)
