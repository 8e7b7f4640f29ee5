"""ASGI responses: the headers every response carries, and the responses made outside the frameworks."""

import traceback

import orjson
import structlog
from starlette.types import Message, Send

from chassis.problems import MEDIA_TYPE, Problem

log = structlog.get_logger()
# No content sniffing by browsers, no caching of personal responses; a handler may set its own value.
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


def protecting(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            # ASGI gives names in lower case.
            given = {name for name, _value in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in HEADERS if pair[0] not in given)]
        await send(message)

    return sending


async def answer(send: Send, problem: Problem) -> None:
    """Sends a problem and closes the connection; the rest of the request body is not read."""
    headers = {"content-type": MEDIA_TYPE, "connection": "close", **problem.headers}
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": raw})
    await send({"type": "http.response.body", "body": orjson.dumps(problem.to_json())})


def log_unexpected(error: Exception) -> None:
    """Logs the places in our code, never the message: it could hold personal data."""
    frames = traceback.format_tb(error.__traceback__)[-3:]
    log.error("unexpected error", error=type(error).__name__, frames=frames)
