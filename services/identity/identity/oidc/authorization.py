"""/oidc/authorize: the person's browser brings a client's request and is redirected with a code or an error."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError, UnsupportedResponseTypeError
from authlib.oidc.core.errors import LoginRequiredError
from flask import Blueprint, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from webui.blank import form_token

from identity.domain.first_sign_in import Step
from identity.oidc import server
from identity.oidc.context import one_transaction
from identity.oidc.queries import Subject, subject_of
from identity.oidc.request_validation import fault_of_address, parameters, signed_in_well_enough
from identity.oidc.server import provider
from identity.sessions.browser import page_of, require_new_sign_in, runtime, settings, signed_in, signed_in_again
from identity.sessions.commands import touch_session
from identity.sessions.queries import is_seen_lately

blueprint = Blueprint("authorization", __name__)


@blueprint.route("/oidc/authorize", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    refusal = grant = answer = None
    with one_transaction(runtime()) as database:
        subject = subject_of(database, UUID(session["sid"])) if "sid" in session else None
        if subject and not is_seen_lately(subject.seen_at):
            touch_session(database, subject.session_id)
        try:
            grant, answer = _decided(subject)
        except OAuth2Error as error:
            server.note_refusal(error, provider().clients)
            refusal = error
    # Outside the transaction, since the pages open their own.
    if refusal is not None:
        return refused(_as_missing(refusal))
    return answer or _to_sign_in(grant, again=subject is not None)


def _decided(subject: Subject | None) -> tuple[Any, Response | None]:
    """The grant, with the answer or None if the person has to sign in first. Raises OAuth2Error."""
    found_fault = fault_of_address(parameters(request))
    if found_fault:
        raise InvalidRequestError(found_fault)
    grant = provider().get_consent_grant(end_user=subject)
    again = subject is not None and signed_in_again(_address(), subject.authenticated_at)
    if signed_in_well_enough(subject, grant, again=again):
        session.pop("sign_in_again", None)
        return grant, provider().create_authorization_response(grant.request, grant_user=subject, grant=grant)
    if parameters(request).get("prompt") == "none":
        raise LoginRequiredError(redirect_uri=grant.redirect_uri, state=grant.request.payload.state)
    return grant, None


def refused(error: OAuth2Error) -> ResponseReturnValue:
    """Redirects to the client if its address has been verified, else shows a page."""
    if getattr(error, "redirect_uri", None):
        answer: Response = provider().refuse(error)
        return answer
    return render_template("compte/demande_refusee.html", code=error.error), 400


def _as_missing(error: OAuth2Error) -> OAuth2Error:
    """RFC 6749 §4.1.2.1: a missing response type is an invalid request, not an unsupported response type."""
    if not isinstance(error, UnsupportedResponseTypeError) or parameters(request).get("response_type"):
        return error
    return InvalidRequestError("Missing 'response_type'", state=error.state, redirect_uri=error.redirect_uri)


def _to_sign_in(grant: Any, *, again: bool) -> ResponseReturnValue:
    """Stores the request until after the sign-in; a required re-authentication is requested once."""
    session["resume"] = _address()
    # Created now, so that the next page does not have to write to the session.
    form_token()
    target = _form_target(grant.redirect_uri)
    if target:
        session["form_target"] = target
    if again:
        require_new_sign_in(_address())
        return redirect(page_of(Step.CREDENTIALS), 303)
    found = signed_in()
    return redirect(page_of(found.step if found else Step.CREDENTIALS), 303)


def _address() -> str:
    """The request's URL, to resume and recognise it after the sign-in."""
    return f"{request.path}?{urlencode(list(parameters(request).items()))}"


def _form_target(redirect_uri: str) -> str:
    """Final target of the form: browsers also apply form-action to redirects (CSP 3 §6.4.2)."""
    target = urlsplit(redirect_uri)
    if target.hostname == "127.0.0.1":
        return f"{target.scheme}://127.0.0.1:*"
    if target.scheme not in ("http", "https"):
        return f"{target.scheme}:"
    origin = f"{target.scheme}://{target.netloc}"
    return "" if settings().public_url.startswith(origin) else origin
