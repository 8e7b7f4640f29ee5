"""What a thousand declarations cost each container of `make up`, where it runs: read, saved, transmitted, and all that
follows (recap, messages, exchange of events). BAILLEURS_BENCH_TENANTS sets how many are made.
"""

from __future__ import annotations

import os
import secrets
import time

from launcher.demo import command
from launcher.demo.mailbox import ComposePrintRoom, Mailpit

from tools.bench import containers, declaring
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
    due = declaring.due(agency.api)
    time.sleep(REST_SECONDS)
    started, first = time.monotonic(), containers.seconds()
    time.sleep(REST_SECONDS)
    pause, before, stored = time.monotonic() - started, containers.seconds(), containers.stored_bytes()
    began = time.monotonic()
    for declaration in due:
        declaring.declare(agency.api, declaration)
    # What follows from them ends within seconds.
    time.sleep(REST_SECONDS)
    after, passed, kept = containers.seconds(), time.monotonic() - began, containers.stored_bytes()
    spent = {name: after[name] - before[name] - (before[name] - first[name]) / pause * passed for name in before}
    per_thousand = 1_000 / len(due)
    total = sum(seconds for name, seconds in spent.items() if name != "mailpit")
    return [
        Figure("all together", total * per_thousand, "s CPU"),
        *(Figure(name, spent[name] * per_thousand, "s CPU") for name in sorted(spent)),
        *(Figure(f"{name} grows by", (kept[name] - stored[name]) / len(due) / 1024, "KiB each") for name in kept),
        *(Figure(f"memory of {name}", held / 1024**2, "MiB") for name, held in sorted(containers.held_bytes().items())),
    ]
