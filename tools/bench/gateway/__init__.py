"""What the gateway adds to a call, in processor time of Envoy, beside Envoy with a file that only routes.

One caller who pauses finds caches cold, as most calls of a quiet day do; sixteen at once are a day of July.
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.bench import processes
from tools.bench.figures import Figure
from tools.bench.gateway.envoys import Running, envoys
from tools.bench.gateway.upstream import upstream

REPEATS = 5
MOST = 2.0


@dataclass(frozen=True)
class Load:
    name: str
    calls: int
    at_once: int
    pause: float = 0.0


LOADS = (Load("one caller, 80 calls a second", 150, 1, 0.012), Load("sixteen at once", 3200, 16))


def figures() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory() as folder,
        upstream() as behind,
        envoys(Path(folder), behind) as running,
    ):
        return [figure for load in LOADS for figure in _figures(load, running)]


def _figures(load: Load, running: dict[str, Running]) -> list[Figure]:
    taken = _microseconds(load, running)
    whole, bare = taken["gateway"], taken["bare"]
    aim = f"<= {MOST:.0f} x Envoy that only routes"
    rows = [Figure(f"a call, {load.name}", whole, "µs CPU", bare, aim, whole <= MOST * bare)]
    rows += [
        Figure(f"of which {part}, {load.name}", whole - taken[f"without {part}"], "µs CPU")
        for part in ("tokens", "access log")
    ]
    return rows


def _microseconds(load: Load, running: dict[str, Running]) -> dict[str, float]:
    """A call's median by variant, what is idle subtracted; the variants take turns."""
    idle = {name: processes.idle_share(one.pid) for name, one in running.items()}
    taken: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(REPEATS):
        for name, one in running.items():
            with one.callers(load.at_once) as callers:
                spent = processes.spent(one.pid, partial(callers.call, load.calls, load.pause))
            taken[name].append((spent.processor - idle[name] * spent.seconds) / load.calls * 1e6)
    return {name: statistics.median(values) for name, values in taken.items()}
