"""Two toy services, and each way of carrying events between them."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from chassis import clock, outbox, tracing
from chassis.events import Event
from chassis.runtime import Runtime
from chassis.testing.harness import Harness
from chassis.testing.plugin import fresh_database
from runner import logs
from runner.testing import broker as brokers
from runner.testing.broker import Broker
from runner.testing.transports import Carrier, InProcess, ThroughBroker, arrived, settle

sys.path.insert(0, str(Path(__file__).parent / "toys"))

from kitchen.app import service as kitchen_service
from shop.app import service as shop_service

_CACHED = "cache_logger_on_first_use"
CARRIERS = [
    "in process, SQLite",
    pytest.param("in process, PostgreSQL", marks=pytest.mark.containers),
    pytest.param("RabbitMQ, PostgreSQL", marks=pytest.mark.containers),
]


@dataclass
class World:
    """The shop publishes, the kitchen listens, the carrier carries when told to."""

    shop: Harness
    kitchen: Harness
    carrier: Carrier
    broker: Broker | None = None
    closing: ExitStack = field(default_factory=ExitStack)

    @property
    def runtimes(self) -> list[Runtime]:
        return [self.shop.runtime, self.kitchen.runtime]

    def publish(self, *versions: int, subject: str = "s1", kind: str = "ordered", last_name: str = "") -> list[Event]:
        personal = {"last_name": last_name} if last_name else None
        with self.shop.transaction() as session:
            return [
                outbox.publish(session, f"shop.{kind}.v1", subject, {"version": version}, personal)
                for version in versions
            ]

    def settle(self, done: Callable[[], bool] | None = None) -> None:
        settle(self.carrier, self.runtimes, done or self.arrived)

    def arrived(self) -> bool:
        return arrived(self.shop.runtime, [self.kitchen.runtime])

    def settle_copies(self, copies: int) -> None:
        """Settles, and waits until the broker has delivered that many messages: the duplicates too."""
        self.settle(lambda: self.arrived() and self.carrier.delivered(copies))

    def meals(self) -> list[tuple[str, int]]:
        rows = sorted(self.kitchen.rows("meal"), key=lambda row: row["seq"])
        return [(row["subject"], row["version"]) for row in rows]

    def outbox(self) -> list[dict[str, Any]]:
        return sorted(self.shop.rows("outbox"), key=lambda row: row["seq"])

    def inbox(self) -> list[dict[str, Any]]:
        return sorted(self.kitchen.rows("inbox"), key=lambda row: row["seq"])

    def make_due(self, harness: Harness, table: str) -> None:
        """Ends the wait before the next attempt."""
        rows = harness.runtime.service.metadata.tables[table]
        with harness.transaction() as session:
            session.execute(rows.update().values(next_attempt_at=clock.now() - timedelta(days=1)))

    def empty(self) -> None:
        if self.broker is not None:
            self.broker.purge()
            self.carrier.delivered(0)
        for harness in (self.shop, self.kitchen):
            with harness.transaction() as session:
                for table in harness.runtime.service.metadata.tables.values():
                    session.execute(table.delete())


@pytest.fixture(scope="session", autouse=True)
def _tracing() -> None:
    tracing.configure("tests")


@pytest.fixture
def log_stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Where configured logs go in this test; what other tests see of logs is put back at its end."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure = structlog.configure
    # A logger that was cached would keep this test's configuration for good.
    monkeypatch.setattr(structlog, "configure", lambda **options: configure(**{**options, _CACHED: False}))
    # Not on sys itself: pytest puts its own there at each phase of a test.
    monkeypatch.setattr(logs, "sys", SimpleNamespace(stderr=stream, exception=sys.exception))
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def logged(log_stream: io.StringIO) -> Callable[[], list[dict[str, Any]]]:
    """The lines logged so far, configured as in production."""
    logs.configure("json")
    return lambda: [json.loads(line) for line in log_stream.getvalue().splitlines()]


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with brokers.running([shop_service, kitchen_service], tmp_path_factory.mktemp("rabbitmq")) as broker:
        yield broker


@pytest.fixture(scope="session")
def postgres_urls(postgres_server: str) -> Iterator[dict[str, str]]:
    with fresh_database(postgres_server) as shop, fresh_database(postgres_server) as kitchen:
        yield {"shop": shop, "kitchen": kitchen}


def make_world(
    directory: Path, urls: dict[str, str], broker: Broker | None = None, carrier: Any = InProcess, **settings: Any
) -> World:
    def make(service: Any) -> Harness:
        url = urls.get(service.name, f"sqlite:///{directory}/{{service}}.sqlite3")
        amqp = broker.url(service.name) if broker else ""
        return Harness.create(service, url, directory, **{"amqp_url": amqp, **settings})

    shop, kitchen = make(shop_service), make(kitchen_service)
    world = World(shop, kitchen, carrier([shop.runtime, kitchen.runtime]), broker)
    world.closing.callback(shop.close)
    world.closing.callback(kitchen.close)
    world.closing.callback(world.carrier.close)
    return world


# For a module at most: its receivers would take the messages that the next module waits for.
@pytest.fixture(scope="module", params=CARRIERS)
def shared_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    directory = tmp_path_factory.mktemp("world")
    urls = {} if "SQLite" in request.param else request.getfixturevalue("postgres_urls")
    if request.param.startswith("RabbitMQ"):
        world = make_world(directory, urls, request.getfixturevalue("rabbitmq"), ThroughBroker)
    else:
        world = make_world(directory, urls)
    with world.closing:
        yield world


@pytest.fixture
def world(shared_world: World) -> World:
    """Both services empty, on each carrier in turn."""
    shared_world.empty()
    return shared_world


@pytest.fixture
def sqlite_world(tmp_path: Path) -> Iterator[World]:
    world = make_world(tmp_path, {})
    with world.closing:
        yield world


@pytest.fixture
def rabbit_world(tmp_path: Path, postgres_urls: dict[str, str], rabbitmq: Broker) -> Iterator[World]:
    """Like the third carrier, with nobody receiving yet: tests say when."""
    world = make_world(tmp_path, postgres_urls, rabbitmq)
    with world.closing:
        world.empty()
        assert rabbitmq.consumers("kitchen.events") == 0
        yield world
        world.empty()
