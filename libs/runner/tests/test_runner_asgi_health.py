"""A process says that it lives, whether it is ready and what fails, however busy it is."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from chassis.bridge import WsgiBridge
from runner import asgi
from runner.asgi import Edge
from starlette.testclient import TestClient


def passes() -> None:
    return


def fails() -> None:
    raise ConnectionError("postgresql://user:password@host")


async def no_app(_scope: Any, _receive: Any, _send: Any) -> None:
    return


async def get(app: Any, path: str) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "http_version": "1.1"}
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


def test_a_process_is_ready_when_every_check_passes() -> None:
    status, body = asyncio.run(get(Edge({}, checks={"database": passes, "keys": passes}), "/readyz"))
    assert status == 200
    assert json.loads(body) == {"ready": True, "checks": {"database": "ok", "keys": "ok"}}


def test_readiness_names_the_check_that_fails_and_hides_why() -> None:
    status, body = asyncio.run(get(Edge({}, checks={"database": fails, "keys": passes}), "/readyz"))
    assert status == 503
    assert json.loads(body) == {"ready": False, "checks": {"database": "ConnectionError", "keys": "ok"}}
    assert b"password" not in body


def test_a_check_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "HEALTH_TIMEOUT_SECONDS", 0.1)
    release = threading.Event()
    started = time.monotonic()

    def hang() -> None:
        release.wait(10)

    hanging = Edge({}, checks={"database": hang, "keys": passes})

    async def ask() -> tuple[int, bytes]:
        answer = await get(hanging, "/readyz")
        release.set()
        return answer

    status, body = asyncio.run(ask())
    assert status == 503
    assert json.loads(body)["checks"] == {"database": "TimeoutError", "keys": "ok"}
    assert time.monotonic() - started < 5


def test_a_process_that_is_not_ready_still_lives() -> None:
    assert asyncio.run(get(Edge({}, checks={"database": fails}), "/healthz")) == (200, b'{"status":"ok"}')


def test_health_is_not_to_be_cached() -> None:
    answer = TestClient(Edge({}, checks={})).get("/healthz")
    assert answer.headers["cache-control"] == "no-store"


def test_with_every_handler_thread_busy_health_readiness_and_metrics_answer() -> None:
    release, busy = threading.Event(), threading.Semaphore(0)

    def slow(_environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
        busy.release()
        release.wait(20)
        start("200 OK", [])
        return [b""]

    app = Edge({"/": WsgiBridge(slow, 2)}, checks={"database": passes})

    async def ask() -> list[int]:
        requests = [asyncio.create_task(get(app, "/work")) for _ in range(6)]
        while not (busy.acquire(blocking=False) and busy.acquire(blocking=False)):
            await asyncio.sleep(0.01)
        statuses = [(await asyncio.wait_for(get(app, path), 5))[0] for path in ("/healthz", "/readyz", "/metrics")]
        assert not any(request.done() for request in requests)
        release.set()
        await asyncio.gather(*requests)
        return statuses

    assert asyncio.run(ask()) == [200, 200, 200]


def test_metrics_are_in_the_format_of_prometheus() -> None:
    answer = TestClient(Edge({}, checks={}, collect=lambda: b"up 1\n")).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.content == b"up 1\n"


def test_what_starts_and_stops_with_the_process_is_called_once() -> None:
    called: list[str] = []
    app = Edge({}, checks={}, on_start=lambda: called.append("start"), on_stop=lambda: called.append("stop"))
    with TestClient(app):
        assert called == ["start"]
    assert called == ["start", "stop"]


def test_each_application_is_warmed_up_once_before_the_first_request() -> None:
    warmed: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        warmed.append(scope["type"])
        assert (await receive())["type"] == "lifespan.shutdown"

    with TestClient(Edge({"/a": app, "/b": app}, checks={})):
        assert warmed == ["lifespan"]


async def start(app: Any) -> list[str]:
    sent: list[str] = []

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    with pytest.raises(ValueError, match="broken contract"):
        await app({"type": "lifespan"}, receive, send)
    return sent


def broken_start() -> None:
    raise ValueError("broken contract")


async def broken_app(_scope: Any, _receive: Any, _send: Any) -> None:
    raise ValueError("broken contract")


@pytest.mark.parametrize(
    "app", [Edge({}, checks={}, on_start=broken_start), Edge({"/": broken_app}, checks={})], ids=["work", "contract"]
)
def test_a_process_that_cannot_start_says_so_to_its_server(app: Edge) -> None:
    assert asyncio.run(start(app)) == ["lifespan.startup.failed"]
