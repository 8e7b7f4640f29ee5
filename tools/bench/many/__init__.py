"""One landlord with thousands of tenants, in one process on SQLite: template, file, lot, and the memory they take.

BAILLEURS_BENCH_TENANTS sets how many; the aims are those of 5,000.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.bench import processes
from tools.bench.figures import Figure
from tools.bench.many.landlord import Agency, agency, filled
from tools.bench.many.product import Product, product

TENANTS = int(os.environ.get("BAILLEURS_BENCH_TENANTS", "5000"))
AIMED = 5_000
# Memory is looked at this long after the last effect.
REST_SECONDS = 60
MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Bench:
    product: Product
    agency: Agency

    def taken(self, name: str, work: Callable[[], object], most: float | None = None) -> list[Figure]:
        """Seconds of the clock, and of the processor, which says more on a busy machine."""
        spent = processes.spent(self.product.pid, work)
        aim = f"<= {most:.0f} for {AIMED:,} tenants" if most else None
        met = spent.seconds <= most if most and self.agency.due * 1.1 >= AIMED else None
        return [
            Figure(f"{name}, {self.agency.due:,} tenants", spent.seconds, "s", aim=aim, met=met),
            Figure(f"{name}, processor", spent.processor, "s CPU"),
        ]


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as running:
        bench = Bench(running, agency(running, TENANTS))
        _settle(running)
        before = running.memory()
        found = bench.taken("template as a workbook", lambda: bench.agency.template("xlsx"), 5)
        content = filled(bench.agency.template("csv"))
        number = ""

        def check() -> None:
            nonlocal number
            number = bench.agency.send_file(content)

        found += bench.taken("a file checked", check, 20)
        found += bench.taken("a file applied", lambda: bench.agency.apply(number), 20)
        found += bench.taken("a lot transmitted", lambda: bench.agency.transmit(bench.agency.due), 60)
        found += bench.taken("its recaps and messages", lambda: _settle(running))
        highest = running.memory()
        time.sleep(REST_SECONDS)
        rest = running.memory()
        errors = [line for line in running.warnings() if "OperationalError" in line]
        return [
            *found,
            Figure("retries that show as an error", len(errors), "lines", aim="0", met=not errors),
            Figure("memory before", before / MEBIBYTE, "MiB"),
            Figure("memory at the end of the work", highest / MEBIBYTE, "MiB"),
            Figure(
                "memory a minute later",
                rest / MEBIBYTE,
                "MiB",
                before / MEBIBYTE,
                "<= 1.2 × before",
                rest <= 1.2 * before,
            ),
        ]


def _settle(running: Product) -> None:
    """Until all events have had their effects."""
    quiet = 0
    while quiet < 2:
        quiet = quiet + 1 if running.backlog() == 0 else 0
        time.sleep(1)
