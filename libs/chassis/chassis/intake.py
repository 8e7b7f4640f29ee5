"""Request checks before connexion: input that would make connexion fail is refused here, for all operations."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import pagination
from chassis.answers import answer, protecting
from chassis.problems import BadRequest, Problem, UnsupportedMediaType
from chassis.settings import Settings

# connexion converts any digits in a path to an int, and Python refuses beyond some thousands of digits.
LONGEST_NUMBER = 200
# RFC 9110 §8.3.1: type/subtype, then parameters.
_MEDIA_TYPE = re.compile(rb"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)
Headers = list[tuple[bytes, bytes]]


def prepared(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Wraps the application in these checks; also records which list the request asks for, see `pagination`."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        send = protecting(send)
        try:
            headers = _headers(scope)
        except Problem as refusal:
            await answer(send, refusal)
            return
        pagination.of_request(settings.event_key, scope["path"], scope["query_string"])
        # connexion keeps the operation and the caller in `extensions`, and granian shares one dictionary between
        # all requests of a process: one person could get another's response.
        own = {"extensions": dict(scope.get("extensions") or {}), "headers": headers}
        await app({**scope, **own}, receive, send)

    return call


def _headers(scope: Scope) -> Headers:
    """The headers, with the media type normalised for later comparisons. Raises a Problem."""
    if any(len(part) > LONGEST_NUMBER and part.lstrip("+-").isdecimal() for part in scope["path"].split("/")):
        raise BadRequest("L’adresse contient un nombre trop grand.")
    headers: Headers = scope["headers"]
    given = [value for name, value in headers if name == b"content-type"]
    if not given:
        return headers
    if len(given) > 1:
        raise BadRequest("L’en-tête Content-Type est donné deux fois.")
    kind, semicolon, parameters = given[0].partition(b";")
    kind = kind.strip().lower()
    if not _MEDIA_TYPE.fullmatch(kind):
        raise UnsupportedMediaType("L’en-tête Content-Type s’écrit type/sous-type, par exemple application/json.")
    others = [pair for pair in headers if pair[0] != b"content-type"]
    return [*others, (b"content-type", kind + semicolon + parameters)]
