"""Envoy with the product's file, with one part of it less, and with a file that only routes."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools import envoy
from tools.bench.gateway.upstream import Upstream

START_SECONDS = 20
PATH = "/api/declaration/v1/declarations/01926b3c-7f4e-7c1a-9a3e-2f1d5b7c9e00"
Config = dict[str, Any]  # Envoy's own YAML: its schema is not ours


@dataclass(frozen=True)
class Running:
    """One process, and what to ask of it."""

    pid: int
    port: int
    request: bytes

    @contextmanager
    def callers(self, count: int) -> Iterator[Callers]:
        """Connections of their own, each used once: an idle one is closed after a minute."""
        with ExitStack() as opened:
            made = [socket.create_connection(("127.0.0.1", self.port), timeout=10) for _ in range(count)]
            for caller in made:
                opened.enter_context(caller)
                caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            callers = Callers(made, self.request)
            callers.call(count)
            yield callers


@dataclass(frozen=True)
class Callers:
    connections: list[socket.socket]
    request: bytes

    def call(self, count: int, pause: float = 0.0) -> None:
        """`count` calls in all, one in flight for each connection, `pause` seconds before each round."""
        for _ in range(count // len(self.connections)):
            time.sleep(pause)
            for caller in self.connections:
                caller.sendall(self.request)
            for caller in self.connections:
                _read(caller)


def _read(caller: socket.socket) -> None:
    """Raises ConnectionError for anything but a whole answer 200."""
    received = _more(caller)
    while b"\r\n\r\n" not in received:
        received += _more(caller)
    head, _, body = received.lower().partition(b"\r\n\r\n")
    if not head.startswith(b"http/1.1 200"):
        raise ConnectionError(head.decode(errors="replace"))
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _more(caller)


def _more(caller: socket.socket) -> bytes:
    received = caller.recv(65536)
    if not received:
        raise ConnectionError("closed")
    return received


def _manager(config: Config) -> Config:
    manager: Config = config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    return manager


def _hurried(config: Config) -> Config:
    """The limit of all callers together out of the way: 1,000 calls a second are allowed, and here more are made."""
    for part in _manager(config)["http_filters"]:
        if "token_bucket" in part["typed_config"]:
            part["typed_config"]["token_bucket"] = {
                "max_tokens": 10**6,
                "tokens_per_fill": 10**6,
                "fill_interval": "1s",
            }
    return config


def _without_log(config: Config) -> Config:
    del _manager(config)["access_log"]
    return config


def _without_tokens(config: Config) -> Config:
    manager = _manager(config)
    manager["http_filters"] = [part for part in manager["http_filters"] if "jwt_authn" not in part["name"]]
    return config


def _bare(config: Config) -> Config:
    """Nothing but a route: what Envoy itself costs."""
    manager, resources = _manager(config), config["static_resources"]
    routes = [{"match": {"prefix": "/"}, "route": {"cluster": "declaration"}}]
    router = [part for part in manager["http_filters"] if part["name"].endswith(".router")]
    bare = {
        "@type": manager["@type"],
        "stat_prefix": "bare",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        "http_filters": router,
    }
    resources["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"] = bare
    kept = next(cluster for cluster in resources["clusters"] if cluster["name"] == "declaration")
    members = kept["load_assignment"]
    resources["clusters"] = [
        {"name": kept["name"], "type": "STATIC", "connect_timeout": "1s", "load_assignment": members}
    ]
    return config


VARIANTS: Mapping[str, Callable[[Config], Config]] = {
    "gateway": lambda config: config,
    "without access log": _without_log,
    "without tokens": _without_tokens,
    "bare": _bare,
}


@contextmanager
def envoys(folder: Path, behind: Upstream) -> Iterator[dict[str, Running]]:
    """One process of one worker thread for each variant."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(_envoy(folder, name, behind)) for name in VARIANTS}


@contextmanager
def _envoy(folder: Path, name: str, behind: Upstream) -> Iterator[Running]:
    request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {behind.token()}\r\n\r\n".encode()
    with process(folder, name, behind.port) as (pid, port):
        running = Running(pid, port, request)
        _wait(running)
        yield running


@contextmanager
def process(folder: Path, name: str, behind: int) -> Iterator[tuple[int, int]]:
    """Its pid and its port. The port `behind` stands for all services."""
    port, file = envoy.free_port(), folder / f"{name}.yaml"
    config = VARIANTS[name](_hurried(envoy.here(port, lambda _cluster: behind)))
    file.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    command = [envoy.binary(), "-c", str(file), "--use-dynamic-base-id", "--concurrency", "1", "-l", "warning"]
    with (folder / f"{name}.log").open("wb") as output:
        started = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield started.pid, port
        finally:
            started.kill()
            started.wait()


def _wait(running: Running) -> None:
    """Until it answers: the keys of tokens are fetched after the listener opens. Raises OSError when it does not."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with running.callers(1):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
