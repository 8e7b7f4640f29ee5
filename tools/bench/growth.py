"""What reading costs once a hundred times more is stored: a landlord and a Caf read the same rows before and after.

On PostgreSQL; BAILLEURS_BENCH_LINES sets how many declarations are stored in the end. What is added belongs to another
Caf and goes in as July does: its registry is imported, its campaign opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import quantiles
from typing import Any

from chassis import clock
from chassis.ids import new_id
from declaration.job_lock import JobLock
from declaration.models import RegistryImport, RentDeclaration
from declaration.registry import commands, jobs
from sqlalchemy import select

from tools.bench.declaration import lines, opening
from tools.bench.declaration.ground import CAF, Bench, person, prepared, seconds
from tools.bench.figures import Figure

FEW = 10_000
OTHER_CAF = "358"
TENANTS = 50
CALLS = 120
MOST = 1.3
BASE = "/api/declaration/v1"


def figures() -> list[Figure]:
    with prepared() as bench:
        _store(bench, CAF, FEW, (TENANTS,))
        reads = _reads(bench)
        before = {name: _p95(bench, headers, path) for name, (path, headers) in reads.items()}
        _store(bench, OTHER_CAF, max(FEW, bench.lines - FEW), lines.TENANCIES_A_LANDLORD)
        after = {name: _p95(bench, headers, path) for name, (path, headers) in reads.items()}
        aim, stored = f"<= {MOST} × with {FEW:,}", max(2 * FEW, bench.lines)
        return [
            Figure(f"{name}, p95, {stored:,} stored", after[name], "ms", few, aim, after[name] <= MOST * few)
            for name, few in before.items()
        ]


def _store(bench: Bench, caf: str, count: int, tenancies: tuple[int, ...]) -> None:
    """Lines of a registry, imported, and their campaign open."""
    file, runtime, worker = bench.folder / f"{caf}.csv", bench.harness.runtime, new_id()
    lines.write(file, count, caf, tenancies)
    with file.open("rb") as stream:
        row, _ = commands.receive(runtime, stream, file.name, caf_code=caf, sent_by="bench", worker=worker)
    jobs.run(runtime, JobLock(RegistryImport, row, worker), lambda: None)
    opening.prepare(bench, caf)
    opening.open_one(bench, caf)
    with bench.driver() as connection:
        connection.autocommit = True
        # As autovacuum does some minutes after.
        connection.execute("VACUUM ANALYZE")
        connection.autocommit = False


def _reads(bench: Bench) -> Mapping[str, tuple[str, dict[str, str]]]:
    """Path and headers by name."""
    one = select(RentDeclaration.id, RentDeclaration.organisation_id).limit(1)
    with bench.harness.runtime.read_only() as session:
        declaration, organisation = session.execute(one).one()
    landlord, agent = person(bench, organisation), bench.harness.headers(kind="agent", caf=CAF)
    return {
        "one declaration, a landlord": (f"{BASE}/declarations/{declaration}", landlord),
        "list of 25, a landlord": (f"{BASE}/declarations?limit=25", landlord),
        "search, a landlord": (f"{BASE}/declarations?q=martin", landlord),
        "list of 25, a Caf": (f"{BASE}/declarations?limit=25", agent),
        "search, a Caf": (f"{BASE}/declarations?q=martin%2012", agent),
        "progress, a Caf": (f"{BASE}/campaigns/{clock.today().year}/progress", agent),
    }


def _p95(bench: Bench, headers: dict[str, str], path: str) -> float:
    """Milliseconds. Raises AssertionError when it is refused."""

    def ask() -> Any:
        answer = bench.harness.client.get(path, headers=headers)
        if answer.status_code != 200:
            raise AssertionError(answer.text)

    for _ in range(10):
        ask()
    return quantiles([seconds(ask) for _ in range(CALLS)], n=20)[-1] * 1000
