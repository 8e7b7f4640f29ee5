"""Eleven processes at rest: one a service, as in Compose and Helm, on PostgreSQL and RabbitMQ that this starts."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from chassis.keys import generate
from chassis.testing.plugin import fresh_database, postgres
from runner.testing import broker as brokers
from runner.testing.broker import Broker

from launcher import services
from tools.bench.figures import Figure
from tools.bench.idle import rest
from tools.envoy import free_port

PERCENT = 5


def figures() -> list[Figure]:
    made = [services.load(name) for name in services.NAMES]
    with ExitStack() as open_until_end:
        folder = Path(open_until_end.enter_context(tempfile.TemporaryDirectory()))
        server = open_until_end.enter_context(postgres())
        broker = open_until_end.enter_context(brokers.running(made, folder))
        started = _start(open_until_end, folder, server, broker)
        time.sleep(rest.SETTLE_SECONDS)
        spent = rest.over_a_minute(lambda: {name: rest.of_family(pid) for name, pid in started.items()})
    total = sum(spent.values())
    workers = sum(percent for name, percent in spent.items() if name.startswith("work "))
    return [
        Figure("eleven processes at rest", total, "%", aim=f"<= {PERCENT}", met=total <= PERCENT),
        Figure("of which the five workers", workers, "%"),
    ]


def _start(stack: ExitStack, folder: Path, server: str, broker: Broker) -> dict[str, int]:
    """The process ids, once each is ready: the APIs first, as they make the tables."""
    ports = {name: free_port() for name in (*services.NAMES, services.PORTAL)}
    common = {**generate(), "BAILLEURS_JWKS_URL": f"http://127.0.0.1:{ports['identity']}/oidc/jwks"}
    started: dict[str, int] = {}
    settings: dict[str, dict[str, str]] = {services.PORTAL: common}
    for name in services.NAMES:
        database = stack.enter_context(fresh_database(server))
        settings[name] = {**common, "BAILLEURS_DATABASE_URL": database, "BAILLEURS_AMQP_URL": broker.url(name)}
    for name, port in ports.items():
        started[f"serve {name}"] = stack.enter_context(rest.running("serve", name, port, folder, settings[name]))
    rest.until(lambda: all(map(rest.ready, ports.values())))
    working = {name: free_port() for name in services.NAMES}
    for name, port in working.items():
        started[f"work {name}"] = stack.enter_context(rest.running("work", name, port, folder, settings[name]))
    rest.until(lambda: all(map(rest.ready, working.values())))
    return started
