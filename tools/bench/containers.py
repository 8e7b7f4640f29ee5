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
    return {name: stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9 for name, stats in _told().items()}


def held_bytes() -> dict[str, int]:
    """Memory of each, without the files that are only cached (as `docker stats` counts)."""
    held = {name: stats["memory_stats"] for name, stats in _told().items()}
    return {name: memory["usage"] - memory["stats"].get("inactive_file", 0) for name, memory in held.items()}


def stored_bytes() -> dict[str, int]:
    """Size of each database, and of the documents."""
    query = "SELECT datname, pg_database_size(oid) FROM pg_database WHERE datname <> 'postgres' AND NOT datistemplate"
    lines = _output("postgres", ["psql", "-U", "postgres", "-At", "-F", " ", "-c", query]).splitlines()
    databases = {f"database {name}": int(size) for name, size in (line.split() for line in lines)}
    kept = _output("documents", ["du", "-sk", "/var/lib/bailleurs/storage"])
    return {**databases, "documents": int(kept.split()[0]) * 1024}


def _told() -> dict[str, Any]:
    # One-shot: the engine would otherwise wait a second for each.
    return {one.labels["com.docker.compose.service"]: one.stats(stream=False, one_shot=True) for one in running()}


def _output(service: str, command: list[str]) -> str:
    """Raises RuntimeError when the command fails."""
    container = next(one for one in running() if one.labels["com.docker.compose.service"] == service)
    code, output = container.exec_run(command)
    text: str = output.decode()
    if code:
        raise RuntimeError(text)
    return text
