"""Which application answers, under which request id, and what the access log says of it."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from chassis import tracing
from runner import asgi
from runner.asgi import Edge, apps_of, readiness
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send


def answering(name: str, status: int = 200) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = json.dumps({"app": name, "path": scope["path"], "trace": tracing.current_trace_id()}).encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


async def crashing(scope: Scope, _receive: Receive, _send: Send) -> None:
    if scope["type"] == "http":
        raise RuntimeError("Mme Le Goff")


APPS = {
    "/": answering("portal"),
    "/api/toybox/v1": answering("toybox"),
    "/api/toybox/v1/deep": answering("deep"),
    "/compte": answering("identity", 401),
    "/crash": crashing,
}


def client(apps: Mapping[str, ASGIApp] = APPS, **options: Any) -> TestClient:
    return TestClient(Edge(apps, checks={}, **options), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "portal"),
        ("/declarer", "portal"),
        ("/api/toybox/v1", "toybox"),
        ("/api/toybox/v1/things", "toybox"),
        ("/api/toybox/v1/deep/x", "deep"),
        ("/api/toybox/v1/deeper", "toybox"),
        ("/api/toybox/v10", "portal"),
        ("/compte", "identity"),
        ("/comptes", "portal"),
    ],
)
def test_the_longest_prefix_answers_and_only_whole_parts_count(path: str, name: str) -> None:
    assert client().get(path).json()["app"] == name


def test_the_application_sees_the_full_path() -> None:
    assert client().get("/api/toybox/v1/things").json()["path"] == "/api/toybox/v1/things"


@pytest.mark.parametrize(
    "path", ["/elsewhere", "/api/toybox/v10", "/", "/api/toybox/v1/things%0A", "/api/toybox/v1/%00"]
)
def test_what_nobody_answers_is_a_problem_of_404(path: str) -> None:
    answer = client({"/api/toybox/v1": answering("toybox")}).get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:bailleurs:problem:not-found"


@pytest.mark.parametrize("given", ["abcdefgh", "0190-7c6f.req_1", "x" * 64])
def test_a_request_id_that_was_given_is_kept(given: str) -> None:
    assert client().get("/", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space", "é" * 10, "<script>alert(1)</script>", "a;b=c\td"]
)
def test_a_request_id_that_is_none_is_replaced(given: str) -> None:
    made = client().get("/", headers={"X-Request-Id": given.encode("latin-1")}).headers["x-request-id"]
    assert made != given
    assert len(made) == 32


def test_each_request_without_id_gets_its_own() -> None:
    one = client()
    assert one.get("/").headers["x-request-id"] != one.get("/").headers["x-request-id"]


def test_a_trace_that_was_given_goes_on_in_the_application() -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert client().get("/", headers={"traceparent": parent}).json()["trace"] == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def lines(logged: Any) -> Any:
    return lambda: [line for line in logged() if line["event"] == "request"]


def test_the_access_log_says_who_answered_what_and_never_the_query(lines: Any) -> None:
    client().get("/api/toybox/v1/things?q=Le+Goff&email=n%40lices.example", headers={"X-Request-Id": "request-1"})
    (line,) = lines()
    assert (line["app"], line["method"], line["route"], line["status"]) == (
        "/api/toybox/v1",
        "GET",
        "/api/toybox/v1/things",
        200,
    )
    assert line["request_id"] == "request-1"
    assert line["ms"] >= 0
    assert "Goff" not in str(line)
    assert "lices" not in str(line)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/declarer/01a1ffce-2e65-71e1-94d6-21f775d8ffc1/loyer", "/declarer/{id}/loyer"),
        ("/declarer/01a1ffce2e6571e194d621f775d8ffc1", "/declarer/{id}"),
        ("/v/R26-8K3M-0000-AAAA-ZZZZ", "/v/{id}"),
        ("/a/01a1ffce-2e65-71e1-94d6-21f775d8ffc1/b/01a1ffce-2e65-71e1-94d6-21f775d8ffc2", "/a/{id}/b/{id}"),
        ("/declarer", "/declarer"),
    ],
)
def test_identifiers_are_taken_out_of_the_route(lines: Any, path: str, route: str) -> None:
    client().get(path)
    assert lines()[0]["route"] == route


def test_an_application_that_crashes_is_logged_as_500_without_what_it_said(lines: Any) -> None:
    client().get("/crash")
    (line,) = lines()
    assert line["status"] == 500
    assert "Goff" not in str(line)


def test_an_application_that_crashes_is_answered_for_in_the_one_error_format() -> None:
    answer = client().get("/crash")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "Goff" not in answer.text


@pytest.mark.parametrize("path", ["/compte", "/crash", "/elsewhere", "/healthz", "/readyz", "/metrics"])
def test_whatever_answers_no_browser_guesses_its_type_and_nothing_keeps_it(path: str) -> None:
    headers = client().get(path).headers
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


def test_an_application_that_knows_better_says_how_long_to_keep_its_answer() -> None:
    async def lasting(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"max-age=60")]})
        await send({"type": "http.response.body", "body": b""})

    assert client({"/assets": lasting}).get("/assets/x").headers["cache-control"] == "max-age=60"


def test_requests_are_counted_by_application_and_status() -> None:
    def counted() -> float:
        return float(asgi.REQUESTS.labels("/compte", "GET", 401)._value.get())

    before = counted()
    client().get("/compte/connexion")
    assert counted() == before + 1


def test_methods_that_somebody_made_up_are_counted_together() -> None:
    one = client()
    for number in range(20):
        one.request(f"MADEUP{number}", "/compte")
    methods = {sample.labels["method"] for metric in asgi.REQUESTS.collect() for sample in metric.samples}
    assert "other" in methods
    assert not {method for method in methods if method.startswith("MADEUP")}


def test_several_prefixes_may_lead_to_one_application() -> None:
    app = answering("identity")
    assert apps_of([(("/oidc", "/compte"), app), (("/",), crashing)]) == {"/oidc": app, "/compte": app, "/": crashing}


@pytest.mark.parametrize(("result", "fails"), [(True, False), (None, False), (1, False), (False, True)])
def test_a_check_that_says_false_is_not_ready(result: Any, fails: bool) -> None:
    name, check = readiness("keys", lambda: result)
    assert name == "keys"
    if fails:
        with pytest.raises(RuntimeError, match="not ready"):
            check()
    else:
        check()


def test_what_is_neither_http_nor_lifespan_is_left_alone() -> None:
    async def call() -> None:
        await Edge(APPS, checks={})({"type": "websocket"}, None, None)  # type: ignore[arg-type]  # never used

    asyncio.run(call())
