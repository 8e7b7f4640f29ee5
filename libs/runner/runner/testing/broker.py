"""RabbitMQ 4 for tests, with the topology that the services' subscriptions give, as in production."""

import json
import secrets
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.events import EXCHANGE
from chassis.service import Service
from kombu import Connection

from runner.topology import DEAD_LETTERS, VHOST, definitions, queue_name

IMAGE = "rabbitmq:4.0.5-management"
START_SECONDS = 90


@dataclass(frozen=True)
class Broker:
    container: str
    port: int
    password: str
    services: tuple[str, ...]

    def url(self, user: str, *, port: int | None = None) -> str:
        """The address for one service, with that service's rights; ``port`` of a wire in between."""
        return f"amqp://{user}:{self.password}@127.0.0.1:{port or self.port}/{VHOST}"

    @contextmanager
    def admin(self) -> Iterator[Connection]:
        with Connection(self.url("admin"), connect_timeout=5) as connection:
            yield connection

    def ctl(self, *command: str) -> None:
        """Runs ``rabbitmqctl`` inside; raises CalledProcessError."""
        _docker("exec", self.container, "rabbitmqctl", *command)

    def purge(self) -> None:
        with self.admin() as connection:
            channel = connection.default_channel
            for queue in (*(queue_name(name) for name in self.services), DEAD_LETTERS):
                channel.queue_purge(queue)

    def consumers(self, queue: str) -> int:
        """How many receivers listen to a queue."""
        with self.admin() as connection:
            return int(connection.default_channel.queue_declare(queue, passive=True).consumer_count)

    def take(self, queue: str, *, seconds: float = 5) -> list[tuple[dict[str, object], bytes]]:
        """Takes what arrives in a queue (headers and body) until something is there or the time is over."""
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
        """A queue that gets a copy of what is published under that key, while inside."""
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
    container = f"bailleurs-test-{secrets.token_hex(4)}"
    mounts = [
        f"--volume={directory}/definitions.json:/etc/rabbitmq/definitions.json:ro",
        f"--volume={directory}/30-tests.conf:/etc/rabbitmq/conf.d/30-tests.conf:ro",
    ]
    # The name of the node, and so of its data, comes from the host name.
    _docker(
        "run",
        "--detach",
        "--rm",
        f"--name={container}",
        "--hostname=rabbit",
        "--publish=127.0.0.1::5672",
        *mounts,
        IMAGE,
    )
    try:
        port = int(_docker("port", container, "5672/tcp").splitlines()[0].rsplit(":", 1)[1])
        broker = Broker(container, port, password, names)
        _wait(broker)
        yield broker
    finally:
        _docker("rm", "--force", "--volumes", container)


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


def _docker(*command: str) -> str:
    done = subprocess.run(["docker", *command], check=True, capture_output=True, text=True, timeout=60)  # noqa: S603, S607  # fixed words
    return done.stdout.strip()


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body
