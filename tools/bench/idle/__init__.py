"""What the product costs at rest, in percent of a core, by processor time over a minute.

One process with demonstration data; one process a service; and the containers of `make up` where they run.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import docker
from docker.errors import DockerException

from tools.bench.figures import Figure
from tools.bench.idle import apart, rest

PROCESS_PERCENT, CONTAINERS_PERCENT = 1, 5
PROJECT = "offre-bailleurs"
NOT_OURS = ("postgres", "rabbitmq", "envoy", "mailpit")


def figures() -> list[Figure]:
    return [*_one_process(), *apart.figures(), *_containers()]


def _one_process() -> list[Figure]:
    port = rest.free_port()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with rest.running("serve", "all", port, folder, {}) as pid:
            rest.until(lambda: (folder / "var/demo/comptes.json").exists() and rest.ready(port))
            time.sleep(rest.SETTLE_SECONDS)
            spent = rest.over_a_minute(lambda: {"process": rest.of_tree(pid)})["process"]
    return [Figure("one process at rest", spent, "%", aim=f"<= {PROCESS_PERCENT}", met=spent <= PROCESS_PERCENT)]


def _containers() -> list[Figure]:
    """Nothing is asked of them; their health checks count."""
    try:
        running = docker.from_env().containers.list(filters={"label": f"com.docker.compose.project={PROJECT}"})
    except DockerException:
        running = []
    if not running:
        print(f"idle: containers not measured, nothing of {PROJECT} runs here.")
        return []

    def seconds() -> dict[str, float]:
        # One-shot: the engine would otherwise wait a second for each.
        told = {one.labels["com.docker.compose.service"]: one.stats(stream=False, one_shot=True) for one in running}
        return {name: stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9 for name, stats in told.items()}

    percent = rest.over_a_minute(seconds)
    ours = sum(value for name, value in percent.items() if name not in NOT_OURS)
    met = ours <= CONTAINERS_PERCENT
    return [
        Figure("containers of ours at rest", ours, "%", aim=f"<= {CONTAINERS_PERCENT}", met=met),
        *(Figure(f"container {name}", value, "%") for name, value in sorted(percent.items())),
    ]
