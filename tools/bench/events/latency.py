"""From the commit of an event to the commit of its effect, at 200 a second: through RabbitMQ, and in one process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

from chassis import outbox
from chassis.events import Event
from chassis.runtime import Subscription
from chassis.testing.harness import Harness
from runner.worker import Worker
from sqlalchemy import func, select, text
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from tools.bench.events.ground import Ground, empty, kitchen_service, ordered, shop_service
from tools.bench.figures import Figure
from tools.workspace import ROOT

RATE = 200
EVENTS = 2_000
SETTLE_SECONDS = 60
P50_MS, P99_MS = 10, 50
# When each event was committed, or its effect: by its version, which is its number.
Times = dict[int, float]


def figures(made: Ground) -> list[Figure]:
    empty(made.shop, made.kitchen)
    with _working(made.shop), _working(made.kitchen):
        committed = _publish(made.shop, lambda: _count(made.kitchen))
    through = _told("RabbitMQ", committed, _effects(made.kitchen))
    empty(made.shop, made.kitchen)
    return [*through, *_told("one process, SQLite", *_in_process())]


def _told(way: str, committed: Times, effects: Times) -> list[Figure]:
    waits = [(effects[number] - at) * 1000 for number, at in committed.items()]
    cuts = quantiles(waits, n=100)
    return [
        Figure(f"commit to effect, {way}, p50", cuts[49], "ms", aim=f"< {P50_MS}", met=cuts[49] < P50_MS),
        Figure(f"commit to effect, {way}, p99", cuts[98], "ms", aim=f"< {P99_MS}", met=cuts[98] < P99_MS),
    ]


@contextmanager
def _working(harness: Harness) -> Iterator[None]:
    settings = harness.runtime.settings
    environment = {
        **os.environ,
        "BAILLEURS_DATABASE_URL": settings.database_url,
        "BAILLEURS_AMQP_URL": settings.amqp_url,
        "BAILLEURS_EVENT_KEY": settings.event_key,
    }
    command = [sys.executable, "-m", "tools.bench.events.work", harness.runtime.name]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as worker:
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(30)


def _publish(shop: Harness, handled: Callable[[], int]) -> Times:
    """One transaction an event, at an even rate; then waits until all have their effect."""
    _one(shop, 0)
    _until(lambda: handled() == 1)
    committed: Times = {}
    start = time.monotonic()
    for number in range(1, EVENTS + 1):
        time.sleep(max(0, start + number / RATE - time.monotonic()))
        _one(shop, number)
        committed[number] = time.time()
    _until(lambda: handled() == EVENTS + 1)
    return committed


def _one(shop: Harness, number: int) -> None:
    with shop.transaction() as session:
        outbox.publish(session, "shop.ordered.v1", f"s{number % 100}", {"version": number}, {"last_name": "Le Goff"})


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("events are not handled")
        time.sleep(0.2)


def _count(kitchen: Harness) -> int:
    with kitchen.runtime.read_only() as session:
        meal = kitchen.runtime.service.metadata.tables["meal"]
        return session.execute(select(func.count()).select_from(meal)).scalar_one()


def _effects(kitchen: Harness) -> Times:
    """By the server's own note of each commit: it runs on this machine, with this clock."""
    noted = text("SELECT version, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM meal")
    with kitchen.runtime.read_only() as session:
        return {version: float(at) for version, at in session.execute(noted)}


def _in_process() -> tuple[Times, Times]:
    effects: Times = {}
    handled: list[int] = []

    def noted(session: Session, event: Event) -> None:
        handled.append(event.data["version"])
        ordered(session, event)

    def committing(_connection: object) -> None:
        effects.update(dict.fromkeys(handled, time.time()))
        handled.clear()

    listening = replace(kitchen_service, subscriptions=(Subscription("shop.ordered.v1", noted),))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as closing:
        url = f"sqlite:///{folder}/{{service}}.sqlite3"
        shop, kitchen = (Harness.create(one, url, Path(folder)) for one in (shop_service, listening))
        closing.callback(shop.close)
        closing.callback(kitchen.close)
        listen(kitchen.runtime.engine, "commit", committing)
        worker = Worker([shop.runtime, kitchen.runtime])
        worker.start()
        closing.callback(worker.stop)
        return _publish(shop, lambda: len(effects)), effects
