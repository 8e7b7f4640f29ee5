"""Memory of the whole product in one process on SQLite, while people work in it for an hour (`MINUTES` sets how long).

A minute is like the other: what is held in the last ones beside the first shows what is kept for nothing.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from statistics import median

from tools.bench.figures import Figure
from tools.bench.many.landlord import agency
from tools.bench.many.product import product
from tools.bench.memory.held import MEBIBYTE, Held, minutes
from tools.bench.memory.people import FILE_LINES, all_of, at_work

MINUTES = int(os.environ.get("MINUTES", "60"))
# Caches fill, pools start, and the processes that draw have drawn.
WARM_UP_MINUTES = 3
LAST_MINUTES = 5
MOST = 1.1
# A zone is a third of the agency's tenants; one in 25 has nothing to declare.
TENANTS_PER_LINE = 3 * 1.1


def figures() -> list[Figure]:
    length = WARM_UP_MINUTES + MINUTES
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as running:
        tenants = int(FILE_LINES * (length + 1) * TENANTS_PER_LINE)
        people = all_of(agency(running, tenants), running.url)
        with at_work(people, length) as failed:
            found = list(minutes(running.pid, failed, length))
        warnings = running.warnings()
    for line in (*failed[:5], *warnings[:5]):
        print(line)
    kept = found[WARM_UP_MINUTES:]
    first, last = kept[0], kept[-min(LAST_MINUTES, len(kept)) :]
    return [
        _compared("all processes", first.all_bytes, [one.all_bytes for one in last]),
        _compared("the process that serves", first.serving_bytes, [one.serving_bytes for one in last]),
        Figure("highest minute", max(one.all_bytes for one in kept) / MEBIBYTE, "MiB"),
        Figure("acts that failed", len(failed), "acts", aim="0", met=not failed),
        Figure("warnings and errors in the log", len(warnings), "lines"),
        *(_minute(number, kept) for number in range(0, len(kept), 10)),
    ]


def _compared(name: str, first: float, last: list[float]) -> Figure:
    """The median of the last minutes beside the first."""
    value = median(last)
    return Figure(
        f"{name}, last minutes of {MINUTES}",
        value / MEBIBYTE,
        "MiB",
        first / MEBIBYTE,
        f"<= {MOST} × the first",
        value <= MOST * first,
    )


def _minute(number: int, kept: list[Held]) -> Figure:
    return Figure(f"all processes, minute {number + 1}", kept[number].all_bytes / MEBIBYTE, "MiB")
