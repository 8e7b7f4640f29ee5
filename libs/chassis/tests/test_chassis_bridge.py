"""ASGI to WSGI: bounded threads, bodies whole or not at all, nothing held in memory that should not be."""

import asyncio
import contextvars
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from chassis.bridge import MOST_BYTES, WsgiBridge

Environ = dict[str, Any]
SCOPE = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "path": "/été",
    "query_string": b"q=1",
    "headers": [(b"content-type", b"text/plain"), (b"x-thing", b"a"), (b"x-thing", b"b")],
}


def chunks(*bodies: bytes, ending: str = "http.request") -> list[dict[str, Any]]:
    messages = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    return [*messages, {"type": ending, "body": b"", "more_body": False}]


async def call(app: WsgiBridge, messages: list[dict[str, Any]], scope: dict[str, Any] | None = None) -> list[Any]:
    waiting, sent = list(messages), []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**SCOPE, **(scope or {})}, receive, send)
    return sent


def run(app: Callable[..., Any], messages: list[dict[str, Any]] | None = None, **options: Any) -> list[Any]:
    return asyncio.run(call(WsgiBridge(app, 2, **options), messages or chunks()))


def echo(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("X-Body-Type", type(environ["wsgi.input"]).__name__)])
    return [environ["wsgi.input"].read()]


def test_a_body_in_pieces_arrives_whole_and_in_order() -> None:
    start, body = run(echo, chunks(b"one ", b"two ", b"three"))
    assert (start["status"], body["body"]) == (200, b"one two three")
    assert (b"content-type", b"text/plain") in start["headers"]


def test_path_query_and_repeated_headers_arrive() -> None:
    seen: Environ = {}

    def look(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        seen.update(environ)
        start("204 NO CONTENT", [])
        return []

    assert run(look)[0]["status"] == 204
    assert seen["PATH_INFO"].encode("latin1").decode() == "/été"
    assert (seen["QUERY_STRING"], seen["HTTP_X_THING"]) == ("q=1", "a,b")


def test_a_body_that_came_without_its_length_has_one_for_the_application() -> None:
    def length(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return [environ["CONTENT_LENGTH"].encode()]

    assert run(length, chunks(b"one ", b"two"))[1]["body"] == b"7"


def test_a_large_body_waits_in_a_file_and_a_small_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    spooled = []

    class Spying(tempfile.SpooledTemporaryFile[bytes]):
        def rollover(self) -> None:
            spooled.append(self)
            super().rollover()

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Spying)
    assert len(run(echo, chunks(b"x" * 900_000))[1]["body"]) == 900_000
    assert spooled == []
    long = chunks(*[b"x" * 600_000] * 3)
    assert len(run(echo, long, most_bytes=lambda _environ: 1_800_000)[1]["body"]) == 1_800_000
    assert len(spooled) == 1


def never(_environ: Environ, _start: Callable[..., Any]) -> Iterable[bytes]:
    raise AssertionError("the application must not be called")


def announcing(size: int) -> dict[str, Any]:
    return {**SCOPE, "headers": [(b"content-length", str(size).encode())]}


def test_a_body_over_the_limit_is_413_and_never_reaches_the_application() -> None:
    start, body = run(never, chunks(b"x" * MOST_BYTES, b"x"))
    assert start["status"] == 413
    assert (b"content-type", b"application/problem+json") in start["headers"]
    assert b"urn:bailleurs:problem:too-large" in body["body"]


def test_a_body_announced_over_the_limit_is_refused_before_any_of_it_is_read() -> None:
    # Nothing to receive: reading would fail.
    start, _ = asyncio.run(call(WsgiBridge(never, 2), [], announcing(60_000_000)))
    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]


def test_reading_stops_where_the_limit_is_passed() -> None:
    read: list[bytes] = []

    async def receive() -> dict[str, Any]:
        read.append(b"x" * 400_000)
        return {"type": "http.request", "body": read[-1], "more_body": True}

    async def send(_message: Any) -> None:
        return

    asyncio.run(WsgiBridge(never, 2)(SCOPE, receive, send))
    assert len(read) == 3


def test_a_body_of_exactly_the_limit_passes() -> None:
    assert run(echo, chunks(b"x" * MOST_BYTES))[0]["status"] == 200


def test_a_longer_body_is_let_in_where_the_application_says_so_of_its_sender() -> None:
    asked: list[str] = []

    def most(environ: Environ) -> int:
        asked.append(environ["QUERY_STRING"])
        return 3 * MOST_BYTES

    assert run(echo, chunks(b"x"), most_bytes=most)[0]["status"] == 200
    assert asked == []
    assert run(echo, chunks(b"x" * 2 * MOST_BYTES), most_bytes=most)[0]["status"] == 200
    assert run(never, chunks(b"x" * 4 * MOST_BYTES), most_bytes=most)[0]["status"] == 413
    announced = asyncio.run(call(WsgiBridge(never, 2, most_bytes=most), [], announcing(4 * MOST_BYTES)))
    assert announced[0]["status"] == 413
    assert asked == ["q=1"] * 3


def test_an_application_with_words_of_its_own_refuses_without_the_body() -> None:
    def refusing(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        start("413 Too large", [("Content-Type", "text/html")])
        return [f"{environ['toy.too_large']} {environ['wsgi.input'].read()!r}".encode()]

    start, body = run(refusing, chunks(b"x" * MOST_BYTES, b"x"), refused_as="toy.too_large")
    assert (start["status"], body["body"]) == (413, b"True b''")
    assert (b"connection", b"close") in start["headers"]


def test_half_a_body_of_a_client_that_left_is_not_handled() -> None:
    assert run(never, chunks(b"half", ending="http.disconnect")) == []


def test_what_is_not_http_is_left_alone() -> None:
    assert asyncio.run(call(WsgiBridge(never, 1), [], {"type": "websocket"})) == []


def test_an_error_of_the_application_goes_on_up() -> None:
    with pytest.raises(AssertionError, match="must not be called"):
        run(never)


def test_the_answer_is_closed_as_wsgi_asks() -> None:
    closed = []

    class Closing(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(_environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Closing([b"a", b"b"])

    assert run(app)[1]["body"] == b"ab"
    assert closed == [True]


def test_what_is_bound_to_the_request_is_seen_in_the_thread() -> None:
    current: contextvars.ContextVar[str] = contextvars.ContextVar("current")

    def app(_environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return [current.get().encode()]

    async def bound() -> list[Any]:
        current.set("request 1")
        return await call(WsgiBridge(app, 1), chunks())

    assert asyncio.run(bound())[1]["body"] == b"request 1"


@pytest.mark.parametrize("threads", [1, 3, 12])
def test_as_many_requests_run_at_once_as_there_are_threads(threads: int) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def app(_environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        start("200 OK", [])
        return [b""]

    async def many() -> list[Any]:
        app_under_test = WsgiBridge(app, threads)
        return list(await asyncio.gather(*(call(app_under_test, chunks()) for _ in range(threads * 2))))

    assert len(asyncio.run(many())) == threads * 2
    assert most == threads


def test_the_event_loop_stays_free_while_a_thread_works() -> None:
    release = threading.Event()

    def app(_environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        release.wait(5)
        start("200 OK", [])
        return [b"late"]

    async def beside() -> bytes:
        slow = asyncio.create_task(call(WsgiBridge(app, 1), chunks()))
        await asyncio.sleep(0.01)
        release.set()  # only a free loop comes here before the answer
        body: bytes = (await slow)[1]["body"]
        return body

    assert asyncio.run(beside()) == b"late"
