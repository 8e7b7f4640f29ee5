"""Processor time per answer of each case and of its bare handler, alternately."""

from __future__ import annotations

import time
from statistics import median

from tools.bench.figures import Figure
from tools.bench.http.ground import ROUNDS, WARM_UP, Call, Ground
from tools.bench.http.process import Process

IDLE_SECONDS = 2.0
HEALTH = Call("GET", "/healthz")


def figures(database: str, ground: Ground, process: Process) -> list[Figure]:
    spent = _taken(ground, process)
    found = []
    for case in ground.cases:
        whole, bare = (median(spent[kind][case.name]) * 1000 for kind in ("whole", "bare"))
        aim = f"<= {case.aim:g} × bare"
        found.append(Figure(f"{case.name}, {database}", whole, "ms CPU", bare, aim, whole <= case.aim * bare))
    health = median(spent["whole"]["/healthz"]) * 1000
    return [*found, Figure(f"/healthz, {database}", health, "ms CPU")]


def _taken(ground: Ground, process: Process) -> dict[str, dict[str, list[float]]]:
    spent: dict[str, dict[str, list[float]]] = {"whole": {}, "bare": {}}
    idle, done = _idle(process), dict.fromkeys((case.name for case in ground.cases), 0)
    for turn in range(ROUNDS + 1):
        headers = ground.headers()
        for number, case in enumerate(ground.cases):
            count = case.calls if turn else WARM_UP
            first, done[case.name] = done[case.name], done[case.name] + count
            calls = [case.call(first + one) for one in range(count)]
            bare = [Call(calls[0].method, f"/bare/{number}")] * count
            for kind, sent in (("whole", calls), ("bare", bare)):
                each = _each(process, sent, headers, idle)
                if turn:
                    spent[kind].setdefault(case.name, []).append(each)
        if turn:
            spent["whole"].setdefault("/healthz", []).append(_each(process, [HEALTH] * WARM_UP, headers, idle))
    return spent


def _each(process: Process, calls: list[Call], headers: dict[str, str], idle: float) -> float:
    """Seconds of processor time per call, without what the process spends at rest meanwhile."""
    # Opened again by the first call: servers close what was idle while others were measured.
    process.connection.close()
    start, before = time.monotonic(), process.cpu()
    for call in calls:
        process.ask(call, headers)
    return (process.cpu() - before - idle * (time.monotonic() - start)) / len(calls)


def _idle(process: Process) -> float:
    """The share of a core that the process takes at rest."""
    before = process.cpu()
    time.sleep(IDLE_SECONDS)
    return (process.cpu() - before) / IDLE_SECONDS
