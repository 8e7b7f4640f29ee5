"""The provider's other endpoints under /oidc and the discovery document."""

from collections.abc import Callable

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from flask import Blueprint, Response, jsonify, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from identity.oidc.authorization import refused
from identity.oidc.clients import ALL_SCOPES, GRANTS
from identity.oidc.context import one_transaction
from identity.oidc.grants import AUTH_METHODS
from identity.oidc.request_validation import PROMPTS, fault, fault_of_body, fault_of_token_request
from identity.oidc.server import provider
from identity.oidc.signing_keys import ALGORITHM, public_jwks
from identity.oidc.token_endpoints import AccessState, HintNotTrusted, read_access_token
from identity.sessions.browser import forget, runtime, settings
from identity.settings import Settings

blueprint = Blueprint("oidc", __name__)
_PUBLIC = {"Cache-Control": "public, max-age=300"}


@blueprint.get("/.well-known/openid-configuration")
def discovery() -> ResponseReturnValue:
    return jsonify(metadata(settings())), 200, _PUBLIC


@blueprint.get("/oidc/jwks")
def jwks() -> ResponseReturnValue:
    return jsonify(public_jwks(runtime())), 200, _PUBLIC


@blueprint.post("/oidc/token")
def token() -> ResponseReturnValue:
    return _answer(fault_of_token_request(request), lambda: provider().create_token_response())


@blueprint.post("/oidc/revoke")
def revoke() -> ResponseReturnValue:
    return _answer(fault_of_body(request), lambda: provider().create_endpoint_response("revocation"))


@blueprint.post("/oidc/introspect")
def introspect() -> ResponseReturnValue:
    return _answer(fault_of_body(request), lambda: provider().create_endpoint_response("introspection"))


@blueprint.route("/oidc/userinfo", methods=["GET", "POST"])
def userinfo() -> ResponseReturnValue:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    with one_transaction(runtime()):
        claims = read_access_token(text) if scheme.lower() == "bearer" else None
        if claims is None or AccessState(claims).is_revoked():
            return _unauthorized(401, "invalid_token")
        scope = claims.get("scope", "")
        if "openid" not in scope.split():
            return _unauthorized(403, "insufficient_scope")
        subject = AccessState(claims).subject
        return jsonify(subject.profile(scope)) if subject else _unauthorized(401, "invalid_token")


@blueprint.route("/oidc/logout", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    """A client's valid ``id_token_hint`` signs out immediately; without one, or with an untrusted one, the person is
    asked first."""
    try:
        answer = _signed_out()
    except HintNotTrusted:
        answer = None
    except OAuth2Error as error:
        return refused(error)
    return answer or redirect("/compte/deconnexion", 303)


def _signed_out() -> Response | None:
    """The redirect to the client, if it gave one; also None if the person has to confirm. Raises OAuth2Error."""
    found = fault(request)
    if found:
        raise InvalidRequestError(found)
    with one_transaction(runtime()):
        asked = provider().validate_endpoint_request("end_session")
        if asked.needs_confirmation:
            return None
        if asked.id_token_claims.get("sid") == session.get("sid"):
            forget()
        answer: Response | None = provider().create_endpoint_response("end_session", asked)
        return answer


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return jsonify(error="invalid_request", error_description="The body is too long"), 413


def _answer(found: str | None, answer: Callable[[], Response]) -> Response:
    """Answers a program's request; errors commit too, so that a presented code stays consumed."""
    with one_transaction(runtime()):
        if found:
            refusal: Response = provider().handle_error_response(None, InvalidRequestError(found))
            return refusal
        return answer()


def _unauthorized(status: int, error: str) -> ResponseReturnValue:
    """RFC 6750 §3.1."""
    return jsonify(error=error), status, {"WWW-Authenticate": f'Bearer error="{error}"'}


def metadata(settings: Settings) -> dict[str, object]:
    """OpenID Connect Discovery 1.0, RFC 8414."""
    at = f"{settings.issuer}/oidc"
    return {
        "issuer": settings.issuer,
        "authorization_endpoint": f"{at}/authorize",
        "token_endpoint": f"{at}/token",
        "jwks_uri": f"{at}/jwks",
        "userinfo_endpoint": f"{at}/userinfo",
        "revocation_endpoint": f"{at}/revoke",
        "introspection_endpoint": f"{at}/introspect",
        "end_session_endpoint": f"{at}/logout",
        "scopes_supported": list(ALL_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_supported": ["sub", "name", "given_name", "family_name", "email", "kind", "org", "caf", "sid", "amr"],
        "ui_locales_supported": ["fr"],
        "prompt_values_supported": list(PROMPTS),
    }
