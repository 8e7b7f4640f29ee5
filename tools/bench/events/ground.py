"""The two toy services of the runner's tests, on PostgreSQL as in production, with a broker in between."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from chassis import outbox
from chassis.testing.harness import Harness
from chassis.testing.plugin import fresh_database, postgres
from runner.testing import broker as brokers
from runner.testing.broker import Broker

from tools.workspace import ROOT

sys.path.insert(0, str(ROOT / "libs/runner/tests/toys"))

from kitchen.app import latest, meal, ordered
from kitchen.app import service as kitchen_service
from shop.app import service as shop_service

__all__ = ["kitchen_service", "latest", "meal", "ordered", "shop_service"]
SUBJECTS = 100


@dataclass(frozen=True)
class Ground:
    shop: Harness
    kitchen: Harness
    broker: Broker


@dataclass(frozen=True)
class Spent:
    """Of a piece of work: seconds that passed, and seconds of this process's processor."""

    passed: float
    processor: float


@contextmanager
def ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with (
            postgres(durable=True) as server,
            brokers.running([shop_service, kitchen_service], folder) as broker,
            fresh_database(server) as shop_url,
            fresh_database(server) as kitchen_url,
        ):
            shop = Harness.create(shop_service, shop_url, folder, amqp_url=broker.url("shop"))
            kitchen = Harness.create(kitchen_service, kitchen_url, folder, amqp_url=broker.url("kitchen"))
            try:
                yield Ground(shop, kitchen, broker)
            finally:
                shop.close()
                kitchen.close()


def publish(shop: Harness, count: int) -> None:
    """Events of SUBJECTS subjects in turn, with personal data, as most of ours are."""
    for start in range(0, count, 500):
        with shop.transaction() as session:
            for number in range(start, min(start + 500, count)):
                subject, version = f"s{number % SUBJECTS}", number // SUBJECTS + 1
                outbox.publish(session, "shop.ordered.v1", subject, {"version": version}, {"last_name": "Le Goff"})


def spent(work: Callable[[], object]) -> Spent:
    passed, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - passed, time.process_time() - processor)


def empty(*harnesses: Harness) -> None:
    for harness in harnesses:
        with harness.transaction() as session:
            for table in harness.runtime.service.metadata.tables.values():
                session.execute(table.delete())


def rates(taken: dict[str, list[Spent]], count: int) -> dict[str, float]:
    """Of each way, the median of its rounds, a second."""
    return {way: count / median(each.passed for each in rounds) for way, rounds in taken.items()}


def costs(taken: dict[str, list[Spent]], count: int) -> dict[str, float]:
    """Milliseconds of processor for one, the median of the rounds."""
    return {way: median(each.processor for each in rounds) / count * 1000 for way, rounds in taken.items()}
