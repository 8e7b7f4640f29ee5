"""What reading costs once a hundred times more is stored: a landlord and a Caf read the same rows in two databases, in
turns.

On PostgreSQL; BAILLEURS_BENCH_LINES sets how many declarations are stored in the end. What is added belongs to another
Caf and goes in as July does: its registry is imported, its campaign opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from statistics import quantiles

from chassis import clock
from chassis.ids import new_id
from declaration.job_lock import JobLock
from declaration.models import RegistryImport, RentDeclaration
from declaration.registry import commands, jobs
from sqlalchemy import select, text

from tools.bench.declaration import lines, opening
from tools.bench.declaration.ground import CAF, Bench, person, prepared, seconds
from tools.bench.figures import Figure

FEW = 10_000
OTHER_CAF = "358"
TENANTS = 50
CALLS = 120
WARM_UP = 10
MOST = 1.3
BASE = "/api/declaration/v1"

Call = Callable[[], None]


def figures() -> list[Figure]:
    with prepared() as few, prepared() as many:
        for bench in (few, many):
            _store(bench, CAF, FEW, (TENANTS,))
        _store(many, OTHER_CAF, max(FEW, many.lines - FEW), lines.TENANCIES_A_LANDLORD)
        stored = max(2 * FEW, many.lines)
        in_few = _calls(few)
        found = [_compared(name, in_few[name], call, stored) for name, call in _calls(many).items()]
        return [*found, Figure("database, a declaration opened", _database_bytes(many) / stored / 1024, "KiB")]


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


def _calls(bench: Bench) -> Mapping[str, Call]:
    """By name; each raises AssertionError when it is refused."""
    one = select(RentDeclaration.id, RentDeclaration.organisation_id).where(RentDeclaration.caf_code == CAF).limit(1)
    with bench.harness.runtime.read_only() as session:
        declaration, organisation = session.execute(one).one()
    landlord, agent = person(bench, organisation), bench.harness.headers(kind="agent", caf=CAF)
    reads = {
        "one declaration, a landlord": (f"{BASE}/declarations/{declaration}", landlord),
        "list of 25, a landlord": (f"{BASE}/declarations?limit=25", landlord),
        "search, a landlord": (f"{BASE}/declarations?q=martin", landlord),
        "list of 25, a Caf": (f"{BASE}/declarations?limit=25", agent),
        "search, a Caf": (f"{BASE}/declarations?q=martin%2012", agent),
        "progress, a Caf": (f"{BASE}/campaigns/{clock.today().year}/progress", agent),
    }
    return {name: partial(_ask, bench, path, headers) for name, (path, headers) in reads.items()}


def _ask(bench: Bench, path: str, headers: dict[str, str]) -> None:
    answer = bench.harness.client.get(path, headers=headers)
    if answer.status_code != 200:
        raise AssertionError(answer.text)


def _compared(name: str, few: Call, many: Call, stored: int) -> Figure:
    """In turns: what slows the machine slows both."""
    for call in (few, many) * WARM_UP:
        call()
    pairs = [(seconds(few), seconds(many)) for _ in range(CALLS)]
    least, most = (quantiles(taken, n=20)[-1] * 1000 for taken in zip(*pairs, strict=True))
    aim = f"<= {MOST} × with {FEW:,}"
    return Figure(f"{name}, p95, {stored:,} stored", most, "ms", least, aim, most <= MOST * least)


def _database_bytes(bench: Bench) -> int:
    with bench.harness.runtime.read_only() as session:
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
