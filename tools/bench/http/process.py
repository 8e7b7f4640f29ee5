"""The serving process, started as the launcher starts one, and the processor time that it spends."""

from __future__ import annotations

import http.client
import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from chassis.settings import Settings
from chassis.testing.harness import signing_keys

from tools.bench import processes
from tools.bench.http.ground import Call, Ground
from tools.bench.http.serving import GIVEN, Given
from tools.envoy import free_port
from tools.workspace import ROOT

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Process:
    """Something that answers calls; `databases`: those on a server whose own time is to be known."""

    pid: int
    connection: http.client.HTTPConnection
    databases: tuple[str, ...] = ()

    def cpu(self) -> float:
        """Seconds of processor time so far, all threads."""
        return processes.processor_seconds(self.pid)

    def server_cpu(self) -> float:
        """Of the database server's processes that work for these databases; 0 for one on another machine."""
        return sum(processes.processor_seconds(pid) for name in self.databases for pid in processes.backends(name))

    @property
    def port(self) -> int:
        return self.connection.port

    def ask(self, call: Call, headers: dict[str, str]) -> None:
        """Raises RuntimeError when it is refused."""
        sent = dict(headers)
        if call.tag:
            sent["If-Match"] = call.tag
        body = None
        if call.body is not None:
            body, sent["Content-Type"] = json.dumps(call.body), "application/json"
        self.connection.request(call.method, call.path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{call.method} {call.path}: {text.decode()}")


@contextmanager
def served(ground: Ground, folder: str) -> Iterator[Process]:
    given, log = (Path(folder) / name for name in ("given.pickle", "log.txt"))
    given.with_suffix(".pid").unlink(missing_ok=True)
    settings = [one.runtime.settings for one in ground.harnesses.values()]
    keys = signing_keys().get().as_dict(private=False)
    given.write_bytes(pickle.dumps(Given(settings, dict(keys), [case.bare for case in ground.cases])))
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "granian", "--interface", "asgi", "--factory", "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log", "tools.bench.http.serving:build"]
    environment = {**os.environ, GIVEN: str(given)}
    with log.open("wb") as lines:
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=lines, stderr=lines)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        _wait(connection, child, log)
        yield Process(int(given.with_suffix(".pid").read_text()), connection, tuple(_on_a_server(settings)))
    finally:
        child.terminate()
        child.wait(PATIENCE_SECONDS)


def _on_a_server(settings: list[Settings]) -> Iterator[str]:
    for url in (sa.make_url(one.database_url) for one in settings):
        if url.get_backend_name() == "postgresql" and url.database:
            yield url.database


def _wait(connection: http.client.HTTPConnection, child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            connection.close()
            if time.monotonic() > until or child.poll() is not None:
                raise RuntimeError(f"the server does not answer: {log.read_text()[-2000:]}") from None
            time.sleep(0.2)
