"""What a request must be before connexion sees it: what makes it fail is refused here, once for all operations."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import pagination
from chassis.answers import answer, protecting
from chassis.problems import BadRequest, Problem, UnsupportedMediaType
from chassis.settings import Settings

# connexion makes a number of any row of digits in a path, and Python refuses to beyond some thousands.
LONGEST_NUMBER = 200
# RFC 9110 §8.3.1: type/subtype, then parameters.
_MEDIA_TYPE = re.compile(rb"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)
Headers = list[tuple[bytes, bytes]]


def prepared(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The application behind these checks; each request says which list it asks for, see `pagination`."""

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
        # connexion keeps the operation and the caller in `extensions`, and granian hands one and the same dictionary
        # to all requests of a process: one person could be answered as another.
        own = {"extensions": dict(scope.get("extensions") or {}), "headers": headers}
        await app({**scope, **own}, receive, send)

    return call


def _headers(scope: Scope) -> Headers:
    """The headers, with a media type that reads the same to all who compare it. Raises a Problem."""
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
