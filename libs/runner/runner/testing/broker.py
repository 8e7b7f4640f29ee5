"""RabbitMQ 4 for tests, with the topology derived from the services' subscriptions, as in production."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chassis.events import EXCHANGE
from chassis.runtime import Service
from kombu import Connection

from runner.topology import DEAD_LETTERS, VHOST, definitions, queue_name

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

IMAGE = "rabbitmq:4.0.5-management"
START_SECONDS = 90


@dataclass(frozen=True)
class Broker:
    container: DockerContainer
    port: int
    password: str
    services: tuple[str, ...]

    def url(self, user: str, *, port: int | None = None) -> str:
        """The broker's address for one service, with its rights; ``port`` of a TCP proxy in between."""
        return f"amqp://{user}:{self.password}@127.0.0.1:{port or self.port}/{VHOST}"

    @contextmanager
    def admin(self) -> Iterator[Connection]:
        with Connection(self.url("admin"), connect_timeout=5) as connection:
            yield connection

    def ctl(self, *command: str) -> None:
        """Runs ``rabbitmqctl`` inside; raises RuntimeError."""
        done = self.container.exec(["rabbitmqctl", *command])
        if done.exit_code:
            raise RuntimeError(done.output.decode(errors="replace"))

    def purge(self) -> None:
        with self.admin() as connection:
            channel = connection.default_channel
            for queue in (*(queue_name(name) for name in self.services), DEAD_LETTERS):
                channel.queue_purge(queue)

    def consumers(self, queue: str) -> int:
        """The number of consumers of a queue."""
        with self.admin() as connection:
            return int(connection.default_channel.queue_declare(queue, passive=True).consumer_count)

    def take(self, queue: str, *, seconds: float = 5) -> list[tuple[dict[str, object], bytes]]:
        """Takes a queue's messages (headers and body), waiting for the first until the timeout."""
        found: list[tuple[dict[str, object], bytes]] = []
        deadline = time.monotonic() + seconds
        with self.admin() as connection:
            while not found and time.monotonic() < deadline:
                while message := connection.default_channel.basic_get(queue, no_ack=True):
                    found.append((message.headers or {}, _bytes(message.body)))
                time.sleep(0.02)
        return found

    def put(self, body: bytes, routing_key: str) -> None:
        """Publishes anything at all, as a faulty program would."""
        with self.admin() as connection:
            producer = connection.Producer(auto_declare=False)
            producer.publish(
                body, exchange=EXCHANGE, routing_key=routing_key, content_type="x", content_encoding="binary"
            )

    @contextmanager
    def spy(self, routing_key: str) -> Iterator[str]:
        """Context manager: a queue that gets a copy of each message published with that routing key."""
        name = f"spy.{secrets.token_hex(4)}"
        with self.admin() as connection:
            channel = connection.default_channel
            channel.queue_declare(name, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
            channel.queue_bind(name, EXCHANGE, routing_key)
            try:
                yield name
            finally:
                channel.queue_delete(name)


@contextmanager
def running(services: Iterable[Service], directory: Path) -> Iterator[Broker]:
    """Starts a broker that has loaded the topology of these services, and removes it at the end."""
    services = list(services)
    password = secrets.token_urlsafe(12)
    names = tuple(service.name for service in services)
    document = definitions(services, dict.fromkeys((*names, "admin"), password))
    for permission in document["permissions"]:
        if permission["user"] == "admin":
            permission.update(configure=".*", write=".*", read=".*")
    (directory / "definitions.json").write_text(json.dumps(document))
    (directory / "30-tests.conf").write_text("load_definitions = /etc/rabbitmq/definitions.json\n")
    # The fixture stops its container itself; testcontainers' reaper would be one more image to fetch.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.community.rabbitmq import RabbitMqContainer  # only where containers are used

    container = RabbitMqContainer(IMAGE, username="admin", password=password, vhost=VHOST, hostname="rabbit")
    # The node's name, and so its data directory, comes from the host name.
    container.with_volume_mapping(f"{directory}/definitions.json", "/etc/rabbitmq/definitions.json", "ro")
    container.with_volume_mapping(f"{directory}/30-tests.conf", "/etc/rabbitmq/conf.d/30-tests.conf", "ro")
    with container:
        broker = Broker(container, int(container.get_exposed_port(container.port)), password, names)
        _wait(broker)
        yield broker


def _wait(broker: Broker) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            broker.purge()
            return
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body
