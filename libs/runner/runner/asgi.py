"""The outermost ASGI layer of a process: request id, trace, access log, metrics, health checks, dispatch by path.

Health checks run in their own thread pool: a service with no free thread still reports that it is alive.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import orjson
import structlog
from chassis import ids, tracing
from chassis.answers import answer, log_unexpected, protecting
from chassis.problems import NotFound, Problem
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runner import metrics

log = structlog.get_logger()
HEALTH_TIMEOUT_SECONDS = 3
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_IDENTIFIER = re.compile(r"/[0-9a-fA-F-]{32,36}(?=/|$)|/R\d\d(-[0-9A-Z]{4}){4}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("http_requests_total", "Requests answered", ["app", "method", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer", ["app"])

Check = Callable[[], None]


class Edge:
    """``apps``: path prefix → application, the longest prefix wins. ``checks``: name → raises when not ready."""

    def __init__(
        self,
        apps: Mapping[str, ASGIApp],
        *,
        checks: Mapping[str, Check],
        on_start: Callable[[], None] = lambda: None,
        on_stop: Callable[[], None] = lambda: None,
        collect: Callable[[], bytes] = metrics.render,
    ) -> None:
        self._apps = sorted(apps.items(), key=lambda item: -len(item[0]))
        self._checks = checks
        self._on_start = on_start
        self._on_stop = on_stop
        self._collect = collect
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="health")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, protecting(send))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        await receive()
        try:
            for app in {id(app): app for _prefix, app in self._apps}.values():
                await _warm_up(app)
            await loop.run_in_executor(self._pool, self._on_start)
        except Exception:
            # Without this message servers keep serving an application that did not start.
            await send({"type": "lifespan.startup.failed", "message": "the application did not start"})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await loop.run_in_executor(self._pool, self._on_stop)
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in ("/healthz", "/readyz", "/metrics"):
            await self._health(path, send)
            return
        name, app = self._find(path)
        headers = _first(scope, b"x-request-id", b"traceparent")
        given = headers.get(b"x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else ids.new_id().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        with tracing.span(f"{scope['method']} {name}", traceparent=headers.get(b"traceparent", "")):
            await self._logged(name, app, (scope, receive, send), request_id)
        structlog.contextvars.unbind_contextvars("request_id")

    async def _logged(self, name: str, app: ASGIApp, call: tuple[Scope, Receive, Send], request_id: str) -> None:
        scope, receive, send = call
        started, status, begun = time.perf_counter(), 500, False

        async def sending(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                others = [pair for pair in message["headers"] if pair[0] != b"x-request-id"]
                message["headers"] = [*others, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await app(scope, receive, sending)
        except Exception as error:
            if begun:
                raise
            # Otherwise the server sends its own error text and logs the exception's message.
            log_unexpected(error)
            await answer(sending, Problem())
        finally:
            seconds = time.perf_counter() - started
            # An invented method would create a new time series.
            _counter(name, scope["method"] if scope["method"] in _METHODS else "other", status).inc()
            _seconds(name).observe(seconds)
            # The path without identifiers or query: a search holds a tenant's name.
            route = _IDENTIFIER.sub("/{id}", scope["path"])
            milliseconds = round(seconds * 1000, 1)
            log.info("request", app=name, method=scope["method"], route=route, status=status, ms=milliseconds)

    def _find(self, path: str) -> tuple[str, ASGIApp]:
        # Routers disagree on a line break at the end of a path; none of our paths has one.
        for prefix, app in self._apps if path.isprintable() else ():
            if path == prefix or path.startswith(prefix.rstrip("/") + "/"):
                return prefix, app
        return "none", _not_found

    async def _health(self, path: str, send: Send) -> None:
        if path == "/healthz":
            await _answer(send, 200, orjson.dumps({"status": "ok"}))
            return
        loop = asyncio.get_running_loop()
        if path == "/metrics":
            body = await loop.run_in_executor(self._pool, self._collect)
            await _answer(send, 200, body, b"text/plain; version=0.0.4; charset=utf-8")
            return
        results = await asyncio.gather(*(self._checked(check) for check in self._checks.values()))
        checks = dict(zip(self._checks, results, strict=True))
        ready = all(result == "ok" for result in results)
        await _answer(send, 200 if ready else 503, orjson.dumps({"ready": ready, "checks": checks}))

    async def _checked(self, check: Check) -> str:
        try:
            running = asyncio.get_running_loop().run_in_executor(self._pool, check)
            await asyncio.wait_for(running, HEALTH_TIMEOUT_SECONDS)
        except Exception as error:
            return type(error).__name__
        return "ok"


def _first(scope: Scope, *names: bytes) -> dict[bytes, str]:
    """The first header of each of these names."""
    return {name: value.decode("latin-1") for name, value in reversed(scope["headers"]) if name in names}


@cache
def _counter(app: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(app, method, status)


@cache
def _seconds(app: str) -> Histogram:
    return SECONDS.labels(app)


async def _warm_up(app: ASGIApp) -> None:
    """connexion builds its layers at the first call: done at start, so that a broken contract stops the process."""

    async def receive() -> Message:
        return {"type": "lifespan.shutdown"}

    async def send(_message: Message) -> None:
        return

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)


async def _answer(send: Send, status: int, body: bytes, content_type: bytes = b"application/json") -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", content_type)]})
    await send({"type": "http.response.body", "body": body})


async def _not_found(_scope: Scope, _receive: Receive, send: Send) -> None:
    await answer(send, NotFound())


def apps_of(pairs: Sequence[tuple[Sequence[str], ASGIApp]]) -> dict[str, ASGIApp]:
    """Several prefixes for one application, as `Edge` wants them."""
    return {prefix: app for prefixes, app in pairs for prefix in prefixes}


def readiness(name: str, check: Callable[[], Any]) -> tuple[str, Check]:
    def run() -> None:
        if check() is False:
            raise RuntimeError("not ready")

    return name, run
