"""What the product costs at rest, in percent of a core: one process with demonstration data, and what `make up` runs.

By processor time over a minute. Containers are measured only where they run; nothing is asked of them meanwhile.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import httpx
from docker.errors import DockerException

from tools.bench.figures import Figure

MINUTE = 60
# What the demonstration data set off comes to its end.
SETTLE_SECONDS = 20
START_SECONDS = 180
PROCESS_PERCENT, CONTAINERS_PERCENT = 1, 5
PROJECT = "offre-bailleurs"
NOT_OURS = ("postgres", "rabbitmq", "envoy", "mailpit")


def figures() -> list[Figure]:
    with _served() as pid:
        time.sleep(SETTLE_SECONDS)
        spent = _over_a_minute(lambda: {"process": _of_tree(pid)})["process"]
    one = Figure("one process at rest", spent, "%", aim=f"<= {PROCESS_PERCENT}", met=spent <= PROCESS_PERCENT)
    return [one, *_containers()]


def _over_a_minute(seconds: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Percent of a core of each."""
    start, before = time.monotonic(), seconds()
    time.sleep(MINUTE)
    after, passed = seconds(), time.monotonic() - start
    return {name: (after[name] - used) / passed * 100 for name, used in before.items() if name in after}


@contextmanager
def _served() -> Iterator[int]:
    port = _free_port()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BAILLEURS_")}
    command = [str(Path(sys.executable).with_name("bailleurs")), "serve", "--port", str(port)]
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "log").open("w") as log,
        subprocess.Popen(command, cwd=folder, env=plain, stdout=log, stderr=log) as process,
    ):
        try:
            _until(lambda: (Path(folder) / "var/demo/comptes.json").exists())
            _until(lambda: httpx.get(f"http://localhost:{port}/readyz", timeout=5).is_success)
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("the product does not start")
        time.sleep(1)


def _of_tree(pid: int) -> float:
    """Seconds of processor, user and system, of a process and of those it started."""
    ticks = 0
    for each in _tree(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> list[int]:
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += _tree(int(child))
    return found


def _containers() -> list[Figure]:
    try:
        engine = docker.from_env()
        running = engine.containers.list(filters={"label": f"com.docker.compose.project={PROJECT}"})
    except DockerException:
        running = []
    if not running:
        print(f"idle: containers not measured, nothing of {PROJECT} runs here.")
        return []

    def seconds() -> dict[str, float]:
        # One-shot: the engine would otherwise wait a second for each.
        told = {one.labels["com.docker.compose.service"]: one.stats(stream=False, one_shot=True) for one in running}
        return {name: stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9 for name, stats in told.items()}

    percent = _over_a_minute(seconds)
    ours = sum(value for name, value in percent.items() if name not in NOT_OURS)
    met = ours <= CONTAINERS_PERCENT
    return [
        Figure("containers of ours at rest", ours, "%", aim=f"<= {CONTAINERS_PERCENT}", met=met),
        *(Figure(f"container {name}", value, "%") for name, value in sorted(percent.items())),
    ]
