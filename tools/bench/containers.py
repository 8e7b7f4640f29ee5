"""What the containers of `make up` spend, where they run."""

from __future__ import annotations

from typing import Any

import docker
from docker.errors import DockerException

PROJECT = "offre-bailleurs"
NOT_OURS = ("postgres", "rabbitmq", "envoy", "mailpit")


def running() -> list[Any]:
    """Those of the stack; none where no engine answers."""
    try:
        found: list[Any] = docker.from_env().containers.list(filters={"label": f"com.docker.compose.project={PROJECT}"})
    except DockerException:
        return []
    return found


def seconds() -> dict[str, float]:
    """Of processor since its start, by the service of each container."""
    # One-shot: the engine would otherwise wait a second for each.
    told = {one.labels["com.docker.compose.service"]: one.stats(stream=False, one_shot=True) for one in running()}
    return {name: stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9 for name, stats in told.items()}
