"""The provider's addresses: /oidc/… and the discovery document."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from chassis import clock
from flask import Blueprint, Response, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import Step
from identity.keys import public_jwks
from identity.oidc.context import database, one_transaction
from identity.oidc.metadata import metadata
from identity.oidc.refusals import record_refusal
from identity.oidc.server import provider
from identity.oidc.side_endpoints import AccessState, read_access_token
from identity.oidc.subject import Subject, subject_of
from identity.pages.current import forget, place_of, runtime, settings, signed_in

blueprint = Blueprint("oidc", __name__)
_PUBLIC = {"Cache-Control": "public, max-age=300"}
_MOST_DIGITS = 10


@blueprint.get("/.well-known/openid-configuration")
def discovery() -> ResponseReturnValue:
    return jsonify(metadata(settings())), 200, _PUBLIC


@blueprint.get("/oidc/jwks")
def jwks() -> ResponseReturnValue:
    return jsonify(public_jwks(runtime())), 200, _PUBLIC


@blueprint.route("/oidc/authorize", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    found = signed_in()
    with one_transaction(runtime()) as session_database:
        subject = subject_of(session_database, found.session_id) if found else None
        try:
            grant = provider().get_consent_grant(end_user=subject)
        except OAuth2Error as error:
            return _refused(error)
        if subject is None or grant.prompt == "login" or _too_old(subject):
            return _to_sign_in(grant, again=subject is not None)
        answer: Response = provider().create_authorization_response(grant_user=subject, grant=grant)
        return answer


@blueprint.post("/oidc/token")
def token() -> ResponseReturnValue:
    with one_transaction(runtime()) as session_database:
        answer: Response = provider().create_token_response()
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            record_refusal(session_database, provider().clients, answer)
        return answer


@blueprint.post("/oidc/revoke")
def revoke() -> ResponseReturnValue:
    with one_transaction(runtime()):
        answer: Response = provider().create_endpoint_response("revocation")
        return answer


@blueprint.post("/oidc/introspect")
def introspect() -> ResponseReturnValue:
    with one_transaction(runtime()):
        answer: Response = provider().create_endpoint_response("introspection")
        return answer


@blueprint.route("/oidc/userinfo", methods=["GET", "POST"])
def userinfo() -> ResponseReturnValue:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    with one_transaction(runtime()):
        claims = read_access_token(text) if scheme.lower() == "bearer" else None
        subject = _still_active(claims)
        if claims is None or subject is None:
            return jsonify(error="invalid_token"), 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return jsonify(subject.profile(claims.get("scope", "")))


@blueprint.route("/oidc/logout", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    """A client's valid ``id_token_hint`` signs out at once; without one the person is asked first."""
    with one_transaction(runtime()):
        try:
            asked = provider().validate_endpoint_request("end_session")
        except OAuth2Error as error:
            return _refused(error)
        if asked.needs_confirmation:
            return redirect("/compte/deconnexion", 303)
        if asked.id_token_claims.get("sid") == session.get("sid"):
            forget()
        answer = provider().create_endpoint_response("end_session", asked)
    return answer or redirect("/compte/deconnexion", 303)


def _refused(error: OAuth2Error) -> ResponseReturnValue:
    """Back to the client when its address has been verified, else a page: an error never redirects elsewhere."""
    if getattr(error, "redirect_uri", None):
        answer: Response = provider().refuse(error)
        return answer
    return render_template("compte/demande_refusee.html", code=error.error), 400


def _to_sign_in(grant: Any, *, again: bool) -> ResponseReturnValue:
    """Keeps the request for after the sign-in; a required re-authentication is asked once."""
    asked = {name: value for name, value in request.values.items() if name != "prompt"}
    session["resume"] = f"{request.path}?{urlencode(asked)}"
    target = urlsplit(grant.redirect_uri)
    if target.hostname == "127.0.0.1":
        # Browsers apply form-action to the redirects that follow a form (CSP 3 §6.4.2).
        session["form_target"] = f"{target.scheme}://127.0.0.1:*"
    if again:
        session.pop("sid", None)
        return redirect(place_of(Step.CREDENTIALS), 303)
    found = signed_in()
    return redirect(place_of(found.step if found else Step.CREDENTIALS), 303)


def _too_old(subject: Subject) -> bool:
    """OpenID Connect Core §3.1.2.1, max_age in seconds."""
    max_age = request.values.get("max_age", "")
    age = (clock.now() - subject.authenticated_at).total_seconds()
    # Python refuses to read a number of thousands of digits; what is that long is no limit anyway.
    return max_age.isdecimal() and len(max_age) <= _MOST_DIGITS and age > int(max_age)


def _still_active(claims: dict[str, Any] | None) -> Subject | None:
    if claims is None or claims.get("iss") != settings().issuer or "openid" not in claims.get("scope", "").split():
        return None
    return None if AccessState(claims).is_expired() else subject_of(database(), UUID(claims["sid"]))
