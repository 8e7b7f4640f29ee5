"""The whole product in one process, started as a person starts it, in a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True)
class Served:
    url: str
    folder: Path
    environment: dict[str, str]
    pid: int

    def run(self, program: str, *arguments: str) -> str:
        """What a Python program prints, run beside the product with its settings."""
        command = [sys.executable, "-c", program, *arguments]
        options: Any = {"cwd": self.folder, "env": self.environment, "text": True, "timeout": 120}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, **options)  # noqa: S603 - our own words
        return str(done.stdout)


@contextmanager
def served(folder: Path, target: str = "all", **settings: str) -> Iterator[Served]:
    """`settings`: of the environment, beside none of this one's own."""
    port = free_port()
    url = f"http://localhost:{port}"
    environment = {**_plain(os.environ), "BAILLEURS_PUBLIC_URL": url, **settings}
    command = [str(Path(sys.executable).with_name("bailleurs")), "serve", "--target", target, "--port", str(port)]
    with (
        (folder / "serve.log").open("w") as log,
        running(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        until_answered(f"{url}/.well-known/openid-configuration")
        until_answered(f"{url}/readyz")
        yield Served(url, folder, environment, process.pid)


@contextmanager
def running(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, text=True, **options) as process:  # noqa: S603 - our own words
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def until_answered(url: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if httpx.get(url, timeout=5).status_code < 500:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, f"{url} does not answer"
        time.sleep(0.2)


def _plain(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("BAILLEURS_")}
