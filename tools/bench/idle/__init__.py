"""What the product costs at rest, in percent of a core, by processor time over a minute.

One process with demonstration data; one process a service; and the containers of `make up` where they run.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tools.bench import containers
from tools.bench.figures import Figure
from tools.bench.idle import apart, rest
from tools.envoy import free_port

PROCESS_PERCENT, CONTAINERS_PERCENT = 1, 5


def figures() -> list[Figure]:
    return [*_one_process(), *apart.figures(), *_containers()]


def _one_process() -> list[Figure]:
    port = free_port()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with rest.running("serve", "all", port, folder, {}) as pid:
            rest.until(lambda: (folder / "var/demo/comptes.json").exists() and rest.ready(port))
            time.sleep(rest.SETTLE_SECONDS)
            spent = rest.over_a_minute(lambda: {"process": rest.of_family(pid)})["process"]
    return [Figure("one process at rest", spent, "%", aim=f"<= {PROCESS_PERCENT}", met=spent <= PROCESS_PERCENT)]


def _containers() -> list[Figure]:
    """Nothing is asked of them; their health checks count."""
    if not containers.running():
        print(f"idle: containers not measured, nothing of {containers.PROJECT} runs here.")
        return []
    percent = rest.over_a_minute(containers.seconds)
    ours = sum(value for name, value in percent.items() if name not in containers.NOT_OURS)
    met = ours <= CONTAINERS_PERCENT
    return [
        Figure("containers of ours at rest", ours, "%", aim=f"<= {CONTAINERS_PERCENT}", met=met),
        *(Figure(f"container {name}", value, "%") for name, value in sorted(percent.items())),
    ]
