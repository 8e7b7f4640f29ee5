"""ASGI to WSGI with one hop between the event loop and a thread; a2wsgi makes four, and stops at ten threads."""

import asyncio
import contextvars
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from a2wsgi.wsgi import build_environ
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from chassis.answers import answer
from chassis.problems import TooLarge

SPOOL_BYTES = 1_000_000
# Limit for forms and JSON bodies. The application may allow more for a file.
MOST_BYTES = 1_000_000


class WsgiBridge:
    """Runs a WSGI application in its own bounded pool. Bodies over 1 MB wait in a temporary file, not in memory.

    ``most_bytes`` gives the limit for a body longer than the form limit; it may depend on the sender. A longer body is
    not read; ``refused_as``: the environ key that makes the application send the refusal itself.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        threads: int,
        *,
        most_bytes: Callable[[dict[str, Any]], int] = lambda _environ: MOST_BYTES,
        refused_as: str = "",
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._refused_as = refused_as
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="wsgi")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal: dict[str, Any] = {}
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as body:
            try:
                size = await self._read(scope, receive, body)
            except TooLarge as problem:
                if not self._refused_as:
                    await answer(send, problem)
                    return
                size, refusal = 0, {self._refused_as: True}
                body.truncate(0)
            except ClientDisconnect:
                # A truncated body must not be handled as complete.
                return
            # Always set, even for a chunked body: WSGI applications read nothing without a length.
            environ = {**build_environ(scope, body), "CONTENT_LENGTH": str(size), **refusal}
            status, headers, content = await self._in_pool(self._call, environ)
        raw = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        if refusal:
            raw.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": int(status[:3]), "headers": raw})
        await send({"type": "http.response.body", "body": content})

    async def _in_pool(self, work: Callable[..., Any], *arguments: Any) -> Any:
        run = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self._pool, run, work, *arguments)

    async def _read(
        self, scope: Scope, receive: Receive, body: "IO[bytes] | tempfile.SpooledTemporaryFile[bytes]"
    ) -> int:
        """Returns the number of bytes received. Raises TooLarge as early as possible: by Content-Length, unread."""
        most, asked = MOST_BYTES, False
        longest, size, chunk, more = _content_length(scope), 0, b"", True
        while True:
            longest = max(longest, size)
            if longest > most and not asked:
                most, asked = await self._in_pool(self._most_bytes, build_environ(scope, body)), True
            if longest > most:
                raise TooLarge
            body.write(chunk)
            if not more:
                break
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk, more = message.get("body", b""), message.get("more_body", False)
            size += len(chunk)
        body.seek(0)
        return size

    def _call(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[..., None]:
            started[:] = [status, headers]
            return lambda _chunk: None

        chunks = self._app(environ, start_response)
        try:
            content = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return started[0], started[1], content


def _content_length(scope: Scope) -> int:
    given = Headers(scope=scope).get("content-length", "")
    return int(given) if given.isdecimal() and len(given) < 20 else 0
