"""The gateway before the serving process: the product's own file, where Envoy is installed."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import envoy
from tools.bench.gateway.envoys import process as envoy_process
from tools.bench.http.ground import Call, Ground
from tools.bench.http.process import PATIENCE_SECONDS, Process


@contextmanager
def gateway(ground: Ground, folder: str, behind: Process) -> Iterator[Process | None]:
    try:
        envoy.binary()
    except FileNotFoundError:
        yield None
        return
    with envoy_process(Path(folder), "gateway", behind.port) as (pid, port):
        found = Process(pid, http.client.HTTPConnection("127.0.0.1", port, timeout=30))
        _wait(found, ground.cases[0].call(0), ground.headers())
        yield found


def _wait(process: Process, call: Call, headers: dict[str, str]) -> None:
    """Until it has fetched the keys of tokens. Raises what the last try raised."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            process.ask(call, headers)
            return
        except (OSError, http.client.HTTPException, RuntimeError):
            process.connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
