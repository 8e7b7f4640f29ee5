"""Validation of the OpenID parameters of an authorization request (OpenID Connect Core §3.1.2.1)."""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oidc.core.errors import (
    RegistrationNotSupportedError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)
from chassis import clock
from joserfc import jwt
from joserfc.errors import JoseError

from identity.keys import ALGORITHM, public_keys
from identity.oidc.context import database
from identity.oidc.parameters import fault
from identity.oidc.subject import Subject

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
