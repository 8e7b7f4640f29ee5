"""What all parts use: a migrated service on PostgreSQL, a registry file, timers and bare SQL."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chassis import ids
from chassis.testing.harness import Harness
from chassis.testing.plugin import fresh_database, postgres
from declaration.app import service
from sqlalchemy import text

LINES = int(os.environ.get("BAILLEURS_BENCH_LINES", "200000"))
CAF = "359"


@dataclass(frozen=True)
class Bench:
    harness: Harness
    folder: Path
    lines: int

    def execute(self, statement: str) -> int:
        """One SQL statement in its own transaction; returns the number of affected rows, or -1."""
        with self.harness.transaction() as session:
            result: Any = session.execute(text(statement))
            return int(result.rowcount)

    def timed(self, statement: str) -> tuple[int, float]:
        """Rows and seconds."""
        start = time.perf_counter()
        return self.execute(statement), time.perf_counter() - start

    def foreign_keys(self, table: str) -> list[str]:
        """Each as it is written in ALTER TABLE … ADD."""
        query = text(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = CAST(:name AS regclass)"
        )
        with self.harness.runtime.read_only() as session:
            return list(session.execute(query, {"name": table}).scalars())

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """The bare psycopg connection, committed on exit."""
        connection = self.harness.runtime.engine.raw_connection()
        try:
            yield connection.driver_connection
            connection.commit()
        finally:
            connection.close()


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def resident() -> float:
    """This process's current memory in MB; 0 where /proc does not give it."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def person(bench: Bench, organisation: Any) -> dict[str, str]:
    """Headers of a person with every right on this organisation."""
    account = ids.new_id()
    data = {
        "account_id": str(account),
        "organisation_id": str(organisation),
        "role": "user",
        "scopes": [{"housing_type": kind, "zone": "FR"} for kind in ("private", "conventioned")],
        "active": True,
        "version": 1,
    }
    bench.harness.deliver("habilitation.access_changed.v1", data)
    return bench.harness.headers(sub=account, org=organisation)


@contextmanager
def prepared() -> Iterator[Bench]:
    """A fresh database with the service's tables, dropped on exit."""
    with postgres() as server, fresh_database(server) as url, TemporaryDirectory() as folder:
        # Unlike in tests, answers are not validated against the contract before they are sent.
        harness = Harness.create(service, url, Path(folder), environment="development")
        try:
            yield Bench(harness, Path(folder), LINES)
        finally:
            harness.close()
