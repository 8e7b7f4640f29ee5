"""Validation of OAuth 2 parameters (RFC 6749 §3.1, §3.2): once each, printable, of limited length; and of the OpenID
parameters of an authorization request (OpenID Connect Core §3.1.2.1).
"""

import re
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes

from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oidc.core.errors import (
    RegistrationNotSupportedError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)
from chassis import clock
from flask import Request
from joserfc import jwt
from joserfc.errors import JoseError
from werkzeug.datastructures import MultiDict

from identity.oidc.context import database
from identity.oidc.queries import Subject
from identity.oidc.signing_keys import ALGORITHM, public_keys

FORM = "application/x-www-form-urlencoded"
# The longest parameter is an ID token sent as a hint.
LONGEST = 4096
LONGEST_OF = {"nonce": 500, "state": 2000, "client_id": 60, "redirect_uri": 500, "scope": 200}
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f]")
# Characters allowed in an error (RFC 6749 §5.2); authlib repeats these parameters and fails on other characters.
_SPEAKABLE = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*")
_REPEATED = ("client_id", "redirect_uri", "response_type")
# Required parameters per grant; the client's own parameters are checked with the client.
_NEEDED = {"authorization_code": ("code", "redirect_uri", "code_verifier"), "refresh_token": ("refresh_token",)}


class Parameters(FlaskOAuth2Payload):  # type: ignore[misc]  # authlib has no types
    """From the body of a POST or the URL of a GET; never both, since secrets must not appear in a URL."""

    @cached_property
    def data(self) -> Any:
        """Cached: authlib reads it some forty times."""
        return parameters(self._request)


def parameters(request: Request) -> MultiDict[str, str]:
    return request.form if request.method == "POST" else request.args


def fault(request: Request) -> str | None:
    """An error message for the client's author, in the characters of RFC 6749 §5.2; never repeats the input.

    Raises RequestEntityTooLarge.
    """
    # get_data() caches the body, so that the form can still be parsed from it.
    if not _is_utf8(request.get_data() if request.method == "POST" else request.query_string):
        return "A parameter is not UTF-8"
    for name, values in parameters(request).lists():
        if _UNPRINTABLE.search(name) or any(_UNPRINTABLE.search(value) for value in values):
            return "A parameter is not printable"
        if len(name) > LONGEST or any(len(value) > LONGEST_OF.get(name, LONGEST) for value in values):
            return "A parameter is too long"
        if len(values) > 1:
            return "A parameter is given more than once"
    return None


def _is_utf8(encoded: bytes) -> bool:
    """Checks percent-encoded bytes too: werkzeug would leave invalid ones encoded and return them as text."""
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return False
    return True


def fault_of_address(asked: MultiDict[str, str]) -> str | None:
    """Checks the parameters that identify the client and the redirect: until they are valid nothing is redirected."""
    for name in _REPEATED:
        values = asked.getlist(name)
        if len(values) > 1:
            return f"'{name}' is given more than once"
        if any(len(value) > LONGEST or not _SPEAKABLE.fullmatch(value) for value in values):
            return f"'{name}' is not readable"
    return None


def fault_of_body(request: Request) -> str | None:
    """As `fault`, for a program's request, whose parameters must be a form in the body.

    Raises RequestEntityTooLarge.
    """
    if request.mimetype != FORM:
        return f"The body must be {FORM}"
    found = fault(request)
    if found is None and request.authorization is not None and "client_secret" in request.form:
        return "The client proves itself in more than one way"
    return found


def fault_of_token_request(request: Request) -> str | None:
    found = fault_of_body(request)
    if found:
        return found
    grant_type = request.form.get("grant_type")
    if not grant_type or not _SPEAKABLE.fullmatch(grant_type):
        return "Missing 'grant_type'"
    missing = [name for name in _NEEDED.get(grant_type, ()) if not request.form.get(name)]
    return f"Missing '{missing[0]}'" if missing else None


PROMPTS = ("none", "login")
_NOT_SUPPORTED = {
    "request": RequestNotSupportedError,
    "request_uri": RequestURINotSupportedError,
    "registration": RegistrationNotSupportedError,
}


class RequestValidation:
    """Extension of the code grant: runs after client and address are validated, so that errors go to the client."""

    def __call__(self, grant: Any) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.validate)

    def validate(self, grant: Any, _redirect_uri: str) -> None:
        asked = grant.request.payload.data
        found = fault(grant.request.received)
        if found:
            raise InvalidRequestError(found)
        for name, error in _NOT_SUPPORTED.items():
            if name in asked:
                raise error()
        if asked.get("response_mode", "query") != "query":
            raise InvalidRequestError("'response_mode' must be query")
        if not set(asked.get("prompt", "").split()) <= set(PROMPTS):
            raise InvalidRequestError("'prompt' must be none or login")
        if not asked.get("max_age", "0").isdecimal():
            raise InvalidRequestError("'max_age' is a number of seconds")


def signed_in_well_enough(subject: Subject | None, grant: Any, *, again: bool) -> bool:
    """False if the person has to sign in, again or for the first time, before the client gets its answer.

    `again`: they have already done so for this request, so they are not asked again, whatever its `max_age`.
    """
    asked = grant.request.payload.data
    if subject is None:
        return False
    if not again and ("login" in asked.get("prompt", "").split() or _too_old(subject, asked.get("max_age", ""))):
        return False
    return _hinted(asked.get("id_token_hint", "")) in (None, subject.get_user_id())


def _too_old(subject: Subject, max_age: str) -> bool:
    age = (clock.now() - subject.authenticated_at).total_seconds()
    return bool(max_age) and age > int(max_age)


def _hinted(id_token: str) -> str | None:
    """The subject of an ID token of ours, expired or not; None without a hint or if it is not ours."""
    if not id_token:
        return None
    try:
        return str(jwt.decode(id_token, public_keys(database()), algorithms=[ALGORITHM]).claims["sub"])
    except (JoseError, ValueError, KeyError):
        return None
