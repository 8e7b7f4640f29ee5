"""Guard over what callers may send: whatever it is, the answer is theirs to mend, never a fault of ours.

The requests are made from the OpenAPI documents: an operation added tomorrow gets them too.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
import structlog
from chassis import ids
from chassis.keys import b64
from chassis.testing.harness import Harness, signing_keys
from chassis.testing.plugin import HarnessFactory
from chassis.webapp import create_api
from odd_requests import Document, Odd
from runner.asgi import Edge, apps_of
from test_guard_http import document, is_public, operations

from launcher import services

# Thousands of requests.
pytestmark = pytest.mark.timeout(300)
# What a service needs besides its database.
OWN: dict[str, dict[str, Any]] = {"identity": {"identity_key": b64(b"k" * 32), "portal_client_secret": "portal-secret"}}

PROTECTED = {(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")}


async def asked(app: Any, odd: Odd, headers: Mapping[str, str]) -> tuple[int, bool]:
    """The answer's status, asked for as granian does; and whether it may neither be kept nor taken for another type."""
    given = {"host": "localhost", "content-length": str(len(odd.body)), **odd.headers, **headers}
    path = unquote_to_bytes(odd.path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": odd.method,
        "scheme": "http",
        "path": path.decode("utf-8", "replace"),
        "raw_path": odd.path.encode(),
        "root_path": "",
        "query_string": odd.query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
        "state": {},
        "extensions": {},
    }
    seen: list[tuple[int, bool]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": odd.body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            seen.append((message["status"], set(message["headers"]) >= PROTECTED))

    await app(scope, receive, send)
    return seen[0]


@pytest.mark.parametrize("name", services.NAMES)
def test_no_operation_fails_by_what_it_is_sent(name: str, harness: HarnessFactory, database_url: str) -> None:
    h: Harness = harness(services.load(name), database_url, **OWN.get(name, {}))
    base = h.runtime.service.base_path
    # Twenty thousand lines of the access log would be a quarter of the time.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app = Edge(apps_of([([base], create_api(h.runtime, signing_keys()))]), checks={})
    people = {
        "anonymous": {},
        "landlord": h.headers(org=ids.new_id()),
        "agent": h.headers(kind="agent", caf="359"),
    }
    spec = document(name)
    public = {f"{method} {path}" for method, path, operation in operations(spec) if is_public(spec, operation)}
    calls = [
        (who, odd)
        for odd in Document(spec, base, {}).requests()
        for who in people
        if who != "anonymous" or not odd.inside or odd.operation in public
    ]

    async def all_of_them() -> list[tuple[str, str, int, bool]]:
        return [(who, odd.what, *await asked(app, odd, people[who])) for who, odd in calls]

    answers = asyncio.run(all_of_them())
    structlog.reset_defaults()
    failed = [answer for answer in answers if answer[2] >= 500 or not answer[3]]
    assert not failed, f"{len(failed)} of {len(answers)}:\n" + "\n".join(map(str, failed[:100]))
    assert {odd.operation for _, odd in calls} == {f"{method} {path}" for method, path, _ in operations(spec)}
