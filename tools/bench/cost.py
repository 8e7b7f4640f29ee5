"""What a thousand declarations cost each container of `make up`, where it runs: read, saved, transmitted, and all that
follows (recap, messages, exchange of events). BAILLEURS_BENCH_TENANTS sets how many are made.
"""

from __future__ import annotations

import os
import secrets
import time
import uuid

from launcher.demo import command
from launcher.demo.failures import answered
from launcher.demo.journey.declaring import all_steps
from launcher.demo.mailbox import ComposePrintRoom, Mailpit
from launcher.demo.web.api import DECLARATION, Api, Json

from tools.bench import containers
from tools.bench.figures import Figure
from tools.bench.many.landlord import signed_in

TENANTS = int(os.environ.get("BAILLEURS_BENCH_TENANTS", "200"))
URL, MAIL = (
    os.environ.get(name, default)
    for name, default in (
        ("BAILLEURS_URL", "http://localhost:8080"),
        ("BAILLEURS_MAIL_URL", "http://127.0.0.1:8025"),
    )
)
REST_SECONDS = 20


def figures() -> list[Figure]:
    if not containers.running():
        print("cost: not measured, nothing that `make up` starts runs here.")
        return []
    agent = command.make_agent(command.spare_caf_code(), compose_project=containers.PROJECT)
    agency = signed_in(URL, Mailpit(MAIL, ComposePrintRoom()), agent, TENANTS, secrets.randbits(40))
    due = _due(agency.api)
    time.sleep(REST_SECONDS)
    started, first = time.monotonic(), containers.seconds()
    time.sleep(REST_SECONDS)
    pause, before = time.monotonic() - started, containers.seconds()
    began = time.monotonic()
    for declaration in due:
        _declare(agency.api, declaration)
    # What follows from them ends within seconds.
    time.sleep(REST_SECONDS)
    after, passed = containers.seconds(), time.monotonic() - began
    spent = {name: after[name] - before[name] - (before[name] - first[name]) / pause * passed for name in before}
    per_thousand = 1_000 / len(due)
    total = sum(seconds for name, seconds in spent.items() if name != "mailpit")
    return [
        Figure("all together", total * per_thousand, "s CPU"),
        *(Figure(name, spent[name] * per_thousand, "s CPU") for name in sorted(spent)),
    ]


def _due(api: Api) -> list[str]:
    found: list[str] = []
    page: Json = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        page = api.get(f"{DECLARATION}/declarations", status="to_declare", limit=200, **cursor)
        found += [item["id"] for item in page["items"]]
    return found


def _declare(api: Api, declaration: str) -> None:
    """As a page does: read, its three steps saved, transmitted."""
    address = f"{DECLARATION}/declarations/{declaration}"
    answer = answered(api.request("GET", address), 200)
    for name, step in all_steps(answer.json()).items():
        headers = {"If-Match": answer.headers["etag"]}
        answer = answered(api.request("PUT", f"{address}/draft", json={name: step}, headers=headers), 200)
    headers = {"If-Match": answer.headers["etag"], "Idempotency-Key": str(uuid.uuid4())}
    answered(api.request("POST", f"{address}/transmission", headers=headers), 201)
