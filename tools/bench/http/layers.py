"""The share of each layer in some answers: a profile of the same application in this process, in one thread.

Not of the serving process: whatever samples it from inside makes its threads wait for each other, and shows that.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import pstats
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from chassis.bridge import WsgiBridge
from chassis.testing.harness import signing_keys
from chassis.webapp import create_api
from runner.asgi import Edge
from starlette.types import Message

from tools.bench.figures import Figure
from tools.bench.http.ground import CALLS, WARM_UP, Call, Case, Ground
from tools.bench.http.taking import numbers_used

SHOWN = ("/me", "one declaration", "list of 50", "save a step")
# Part of a file's path → layer; of two that match, the first.
LAYERS = {
    "edge": "/runner/ structlog/ opentelemetry/ prometheus_client/ chassis/tracing.py",
    "database": "sqlalchemy/ psycopg/ chassis/db.py chassis/prepared.py chassis/runtime.py",
    "token": "joserfc/ cryptography/ chassis/auth.py chassis/token_memory.py",
    "admission": "chassis/entrance.py chassis/account_status.py chassis/rights.py",
    "contract": "chassis/validation.py chassis/intake.py chassis/operations.py chassis/webapp.py connexion/ starlette/",
    "bridge": "chassis/bridge.py a2wsgi/ asyncio/",
    "Flask": "flask/ werkzeug/",
    "service": "/identity/ /habilitation/ /declaration/ /chassis/",
}
_PARTS = [(layer, part) for layer, parts in LAYERS.items() for part in parts.split()]
# File, line and function, as pstats names what was called.
Place = tuple[str, int, str]


def figures(database: str, ground: Ground) -> list[Figure]:
    keys = signing_keys()
    with patch.object(WsgiBridge, "_in_pool", _here):
        apps = {one.runtime.service.base_path: create_api(one.runtime, keys) for one in ground.harnesses.values()}
        edge, found = Edge(apps, checks={}), []
        for case in ground.cases:
            if case.name in SHOWN:
                spent = _spent(edge, case, ground.headers())
                total = sum(spent.values())
                names = (*LAYERS, "the language's own library")
                found += [
                    Figure(f"{case.name}, {database}, share of {name}", 100 * spent[name] / total, "%")
                    for name in names
                ]
    return found


async def _here(_bridge: WsgiBridge, work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


def _spent(edge: Edge, case: Case, headers: dict[str, str]) -> defaultdict[str, float]:
    # Of processor time: what else the machine does, or waiting for a database server, is no layer's.
    profile = cProfile.Profile(time.thread_time)

    async def run() -> None:
        first = numbers_used(case)
        for number in range(WARM_UP):
            await _ask(edge, case.call(first + number), headers)
        profile.enable()
        for number in range(WARM_UP, WARM_UP + 2 * CALLS):
            await _ask(edge, case.call(first + number), headers)
        profile.disable()

    asyncio.run(run())
    return _by_layer(pstats.Stats(profile).stats)  # type: ignore[attr-defined]  # not in typeshed


def _by_layer(stats: dict[Place, tuple[int, int, float, float, dict[Place, Any]]]) -> defaultdict[str, float]:
    """Own time of functions; that of functions in C belongs to who called them."""
    found: defaultdict[str, float] = defaultdict(float)
    for (file, _line, _name), (_calls, _all, own, _cumulated, callers) in stats.items():
        if file == "~":
            for (caller, *_place), numbers in callers.items():
                found[_layer(caller)] += numbers[2]
        else:
            found[_layer(file)] += own
    return found


def _layer(file: str) -> str:
    return next((layer for layer, part in _PARTS if part in file), "the language's own library")


async def _ask(edge: Edge, call: Call, headers: dict[str, str]) -> None:
    url, status, body, sent = urlsplit(call.path), 0, b"", dict(headers)
    if call.body is not None:
        body = json.dumps(call.body).encode()
        sent |= {"If-Match": call.tag, "Content-Type": "application/json", "Content-Length": str(len(body))}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": url.path,
        "query_string": url.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 50000),
        "extensions": {},
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    await edge(scope, receive, send)
    if status != 200:
        raise RuntimeError(f"{call.path}: {status}")
