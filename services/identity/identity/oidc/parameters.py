"""Validation of OAuth 2 parameters (RFC 6749 §3.1, §3.2): once each, printable, of limited length."""

import re
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes

from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload
from flask import Request
from werkzeug.datastructures import MultiDict

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
