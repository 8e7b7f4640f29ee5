"""ASGI to WSGI with one hop between the event loop and a thread; a2wsgi makes four, and stops at ten threads."""

import asyncio
import contextvars
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import orjson
from a2wsgi.wsgi import build_environ
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from chassis.problems import MEDIA_TYPE, Problem, TooLarge

SPOOL_BYTES = 1_000_000
MAX_BODY_BYTES = 512_000_000


class WsgiBridge:
    """Runs a WSGI application in its own bounded pool. Bodies over 1 MB wait in a temporary file, not in memory."""

    def __init__(self, app: Callable[..., Any], threads: int, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="wsgi")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as body:
            try:
                size = await self._read(receive, body)
            except TooLarge as refusal:
                await _refuse(send, refusal)
                return
            except ClientDisconnect:
                # Half a body must not be handled as if it were whole.
                return
            # Known now, even for a body that came without its length: WSGI applications read nothing without one.
            environ = {**build_environ(scope, body), "CONTENT_LENGTH": str(size)}
            run = contextvars.copy_context().run
            loop = asyncio.get_running_loop()
            status, headers, content = await loop.run_in_executor(self._pool, run, self._call, environ)
        raw = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        await send({"type": "http.response.start", "status": int(status[:3]), "headers": raw})
        await send({"type": "http.response.body", "body": content})

    async def _read(self, receive: Receive, body: "IO[bytes] | tempfile.SpooledTemporaryFile[bytes]") -> int:
        more, size = True, 0
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._max_body_bytes:
                raise TooLarge
            body.write(chunk)
            more = message.get("more_body", False)
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


async def _refuse(send: Send, refusal: Problem) -> None:
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": int(refusal.status), "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps(refusal.to_json())})
