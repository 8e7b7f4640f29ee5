"""Processor time per answer of each case and of its bare handler, alternately."""

from __future__ import annotations

import time
from collections import defaultdict
from statistics import median

from tools.bench.figures import Figure
from tools.bench.http.ground import ROUNDS, WARM_UP, Call, Case, Ground
from tools.bench.http.process import Process

IDLE_SECONDS = 2.0
HEALTH = Call("GET", "/healthz")


# Of each turn, by case: what the process spends on a call and on a bare one, then what the database server does; and
# what the gateway spends.
Taken = defaultdict[str, dict[str, list[float]]]


def figures(database: str, ground: Ground, process: Process, gateway: Process | None) -> list[Figure]:
    taken = _taken(ground, process, gateway)
    found = [_figure(case, database, taken) for case in ground.cases]
    if process.databases:
        found += [
            Figure(f"{name}, {database}'s own", _ms(turns), "ms CPU", _ms(taken["bare, server"][name]))
            for name, turns in taken["whole, server"].items()
        ]
    found += [
        Figure(f"{name}, {database}, the gateway", _ms(turns), "ms CPU") for name, turns in taken["gateway"].items()
    ]
    return [*found, Figure(f"/healthz, {database}", _ms(taken["whole"]["/healthz"]), "ms CPU")]


def _figure(case: Case, database: str, taken: Taken) -> Figure:
    whole, bare = (_ms(taken[kind][case.name]) for kind in ("whole", "bare"))
    return Figure(
        f"{case.name}, {database}", whole, "ms CPU", bare, f"<= {case.aim:g} × bare", whole <= case.aim * bare
    )


def _ms(turns: list[float]) -> float:
    return median(turns) * 1000


def numbers_used(case: Case) -> int:
    """How many of a case's calls were made."""
    return WARM_UP + ROUNDS * case.calls


def _taken(ground: Ground, process: Process, gateway: Process | None) -> Taken:
    taken: Taken = defaultdict(lambda: defaultdict(list))
    idle, idle_gateway = _idle(process), _idle(gateway) if gateway else 0.0
    for turn in range(ROUNDS + 1):
        headers = ground.headers()
        for number, case in enumerate(ground.cases):
            first, count = (WARM_UP + (turn - 1) * case.calls, case.calls) if turn else (0, WARM_UP)
            calls = [case.call(first + one) for one in range(count)]
            bare = [Call(calls[0].method, f"/bare/{number}")] * count
            for kind, sent in (("whole", calls), ("bare", bare)):
                server = process.server_cpu()
                each = _each(process, sent, headers, idle)
                if turn:
                    taken[kind][case.name].append(each)
                    taken[f"{kind}, server"][case.name].append((process.server_cpu() - server) / count)
            # What changes something can be sent once.
            if gateway and turn and calls[0].method == "GET":
                taken["gateway"][case.name].append(_each(gateway, calls, headers, idle_gateway))
        if turn:
            taken["whole"]["/healthz"].append(_each(process, [HEALTH] * WARM_UP, headers, idle))
    return taken


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
