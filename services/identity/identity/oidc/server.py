"""The authorization server: grants, endpoints and client authentication registered with authlib."""

from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc9207 import IssuerParameter
from chassis.runtime import Runtime
from flask import Request, Response, current_app
from flask import request as current_request

from identity.oidc import refusals, scopes
from identity.oidc.client_config import load_clients
from identity.oidc.client_credentials import MachineGrant
from identity.oidc.client_secret import by_basic
from identity.oidc.clients import Client
from identity.oidc.grants import CodeGrant, IdTokens, PkceForAll, RefreshGrant
from identity.oidc.parameters import Parameters
from identity.oidc.request_validation import RequestValidation
from identity.oidc.token_endpoints import EndSession, Introspection, Revocation
from identity.oidc.tokens import AccessTokens
from identity.settings import Settings, settings_of


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
        self.scopes_supported = scopes.ALL
        self.register_client_auth_method("client_secret_basic", by_basic)
        self.register_token_generator("default", AccessTokens(self.settings))
        self.issuer = Issuer(self.settings.issuer)
        self.register_extension(self.issuer)
        self.register_grant(CodeGrant, [RequestValidation(), PkceForAll(required=True), IdTokens(self.settings)])
        self.register_grant(RefreshGrant, [IdTokens(self.settings)])
        self.register_grant(MachineGrant)
        for endpoint in (Revocation, Introspection, EndSession):
            self.register_endpoint(endpoint)

    def query_client(self, client_id: str) -> Client | None:
        return self.clients.get(client_id)

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Does nothing: each grant stores its own tokens."""

    def handle_error_response(self, request: OAuth2Request | None, error: OAuth2Error) -> Response:
        """Journals every error returned to a client."""
        refusals.note(error, self.clients)
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
