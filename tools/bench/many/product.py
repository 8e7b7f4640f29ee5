"""The whole product in one process, as `make run` serves it, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tools.bench import processes
from tools.envoy import free_port

START_SECONDS = 120


@dataclass(frozen=True)
class Product:
    url: str
    folder: Path
    log: Path
    # The process that serves; the one that was started supervises it.
    pid: int

    def backlog(self) -> int:
        """Events not sent or not handled yet, of all services."""
        text = httpx.get(f"{self.url}/metrics", timeout=30, trust_env=False).text
        counts = [
            line
            for line in text.splitlines()
            if line.startswith(("bailleurs_outbox_pending", "bailleurs_inbox_pending"))
        ]
        return int(sum(float(line.rsplit(" ", 1)[1]) for line in counts))

    def warnings(self) -> list[str]:
        """The lines of the log; successful requests are not logged."""
        return [
            line for line in self.log.read_text(encoding="utf-8").splitlines() if "warning" in line or "error" in line
        ]

    def memory(self) -> int:
        """Bytes of the process and of those it started."""
        return sum(map(processes.resident_bytes, processes.family(self.pid)))


@contextmanager
def product(folder: Path) -> Iterator[Product]:
    port, log = free_port(), folder / "log.txt"
    bailleurs = str(Path(sys.executable).with_name("bailleurs"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAILLEURS_")}
    with log.open("wb") as lines:
        command = [bailleurs, "serve", "--port", str(port)]
        started = subprocess.Popen(command, cwd=folder, env=environment, stdout=lines, stderr=lines)
    try:
        url = f"http://localhost:{port}"
        _wait(url, started, log)
        yield Product(url, folder, log, processes.family(started.pid)[1])
    finally:
        started.terminate()
        started.wait(60)


def _wait(url: str, started: subprocess.Popen[bytes], log: Path) -> None:
    """Raises RuntimeError with the end of the log when it does not become ready."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and started.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(log.read_text(encoding="utf-8")[-2000:])
