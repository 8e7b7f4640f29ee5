"""Processes that rest, and what they spend meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tools.bench import processes

MINUTE = 60
# What a start sets off comes to its end.
SETTLE_SECONDS = 20
START_SECONDS = 300


def over_a_minute(seconds: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Percent of a core of each."""
    start, before = time.monotonic(), seconds()
    time.sleep(MINUTE)
    after, passed = seconds(), time.monotonic() - start
    return {name: (after[name] - used) / passed * 100 for name, used in before.items() if name in after}


def of_family(pid: int) -> float:
    """Seconds of processor of a process and of those it started, threads that ended included."""
    return sum(map(processes.processor_seconds, processes.family(pid)))


@contextmanager
def running(role: str, target: str, port: int, folder: Path, settings: Mapping[str, str]) -> Iterator[int]:
    """`bailleurs serve` or `work`, with these settings and none of this environment's; its process id."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BAILLEURS_")}
    program = str(Path(sys.executable).with_name("bailleurs"))
    command = [program, role, "--target", target, "--port", str(port)]
    with (
        (folder / f"{role}-{target}.log").open("w") as log,
        subprocess.Popen(command, cwd=folder, env={**plain, **settings}, stdout=log, stderr=log) as process,
    ):
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


def ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("the product does not start")
        time.sleep(1)
