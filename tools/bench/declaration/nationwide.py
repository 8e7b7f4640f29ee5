"""Opening all Cafs at once, compared with opening one campaign with the same landlords and tenants in one Caf."""

from __future__ import annotations

from chassis import clock
from chassis.ids import new_id
from declaration.job_lock import JobLock
from declaration.models import RegistryImport, RentDeclaration
from declaration.registry import commands, jobs
from sqlalchemy import func, select

from tools.bench.declaration import lines, opening
from tools.bench.declaration.ground import Bench, seconds
from tools.bench.figures import Figure

CAFS = tuple(f"{number}2" for number in range(60, 80))
# The Caf in which the same landlords are gathered, to be opened at once.
ONE = "991"
# Divides the other parts' number of lines, to give the lines of each Caf.
SHARE = 200
PATH = "/api/declaration/v1/campaign-openings"


def figures(bench: Bench) -> list[Figure]:
    """Includes the request itself; the limit is one opening of as many rows."""
    for caf in CAFS:
        _register(bench, caf)
        opening.prepare(bench, caf)
    spent = seconds(lambda: _open_all(bench))
    opened = ", ".join(f"'{caf}'" for caf in CAFS)
    bench.execute(f"UPDATE landlord SET caf_code = '{ONE}' WHERE caf_code IN ({opened})")  # noqa: S608 - ours
    opening.prepare(bench, ONE)
    at_once = seconds(lambda: opening.open_one(bench, ONE))
    rows = _count(bench, ONE)
    if rows != len(CAFS) * _share(bench) or _count(bench, *CAFS) != rows:
        raise AssertionError("not all tenants of all Cafs were opened")
    return [
        Figure(f"opening for {len(CAFS)} Cafs of {_share(bench):,} tenants", len(CAFS) / spent, "Cafs/s"),
        Figure(
            f"opening for {len(CAFS)} Cafs, beside one of all their tenants", rows / spent, "rows/s", rows / at_once
        ),
    ]


def _share(bench: Bench) -> int:
    return max(1, bench.lines // SHARE)


def _register(bench: Bench, caf: str) -> None:
    file = bench.folder / f"registre-{caf}.csv"
    lines.write(file, _share(bench), caf)
    with file.open("rb") as stream:
        worker = new_id()
        stored = commands.receive(
            bench.harness.runtime, stream, file.name, caf_code=caf, sent_by="bench", worker=worker
        )
    jobs.run(bench.harness.runtime, JobLock(RegistryImport, stored[0], worker), lambda: None)
    file.unlink()


def _open_all(bench: Bench) -> None:
    """As a supervisor requests it and a worker of the product runs it."""
    opening.act(bench, PATH, {"year": clock.today().year}, supervisor=True)
    bench.harness.run_job("open all campaigns")


def _count(bench: Bench, *cafs: str) -> int:
    statement = select(func.count()).select_from(RentDeclaration).where(RentDeclaration.caf_code.in_(cafs))
    with bench.harness.runtime.read_only() as session:
        return session.execute(statement).scalar_one()
