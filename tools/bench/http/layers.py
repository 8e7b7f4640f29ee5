"""The share of each layer in the processor time of two kinds of answers, from samples of the process itself."""

from __future__ import annotations

import json
import time

from tools.bench.figures import Figure
from tools.bench.http.ground import CALLS, Ground
from tools.bench.http.process import Process
from tools.bench.http.sampling import LAYERS

SHOWN = ("one declaration", "list of 50")
SETTLE_SECONDS = 1.5


def figures(database: str, ground: Ground, process: Process) -> list[Figure]:
    found = []
    for case in ground.cases:
        if case.name not in SHOWN:
            continue
        headers, before = ground.headers(), _spent(process)
        for number in range(4 * CALLS):
            process.ask(case.call(number), headers)
        after = _spent(process)
        spent = {name: after.get(name, 0) - before.get(name, 0) for name in (*LAYERS, "other")}
        total = sum(spent.values()) or 1
        found += [
            Figure(f"{case.name}, {database}, share of {name}", 100 * seconds / total, "%")
            for name, seconds in spent.items()
        ]
    return found


def _spent(process: Process) -> dict[str, float]:
    """Once what was sampled is in the file."""
    time.sleep(SETTLE_SECONDS)
    found: dict[str, float] = json.loads(process.samples.read_text()) if process.samples.exists() else {}
    return found
