"""Guard over what a server hands to the application: requests that come together never lend each other their caller.

granian gives one and the same `extensions` to all requests of a process, and connexion keeps the caller in it.
"""

import asyncio
from typing import Any

from chassis.testing.harness import Harness, signing_keys
from chassis.testing.plugin import HarnessFactory
from chassis.webapp import create_api
from runner.asgi import Edge

from launcher import services

PATH = "/api/declaration/v1/campaigns"
TOGETHER = 60


async def status_of(app: Any, shared: dict[str, Any], headers: dict[str, str]) -> int:
    """The status of one GET, whose scope shares its `extensions` with all the others."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
        "state": {},
        "extensions": shared,
    }
    seen: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            seen.append(message["status"])

    await app(scope, receive, send)
    return seen[0]


async def all_at_once(app: Any, people: list[dict[str, str]]) -> list[int]:
    shared: dict[str, Any] = {"http.response.pathsend": {}}
    return list(await asyncio.gather(*(status_of(app, shared, headers) for headers in people)))


def test_requests_that_come_together_are_each_answered_as_their_own_caller(
    harness: HarnessFactory, sqlite_url: str
) -> None:
    h: Harness = harness(services.load("declaration"), sqlite_url)
    app = Edge({"/": create_api(h.runtime, signing_keys())}, checks={})
    agent, landlord = h.headers(kind="agent", caf="359"), h.headers(kind="landlord")
    answers = asyncio.run(all_at_once(app, [agent, landlord, {}] * (TOGETHER // 3)))
    assert answers == [200, 403, 401] * (TOGETHER // 3)
