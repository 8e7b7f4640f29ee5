"""The list of a large landlord's declarations and its exports, compared with their SQL alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import quantiles
from typing import Any

from chassis import ids
from declaration.models import RentDeclaration
from sqlalchemy import Engine, event, func, select

from tools.bench.declaration.ground import CAF, Bench, person, seconds
from tools.bench.figures import Figure

ROWS = 100_000
PAGES = 40
MOST = 1.3
BASE = "/api/declaration/v1/declarations"
Statement = tuple[str, Any]


def figures(bench: Bench) -> list[Figure]:
    """For a landlord with `ROWS` declarations, and for an agent of the whole Caf; milliseconds, 95th percentile."""
    organisation = ids.new_id()
    count = _gather(bench, organisation)
    perimeters = {"a landlord": person(bench, organisation), "a Caf": bench.harness.headers(kind="agent", caf=CAF)}
    found = []
    for whose, headers in perimeters.items():
        of = f"{count if whose == 'a landlord' else bench.lines:,} rows of {whose}"
        cursor = bench.harness.client.get(BASE, headers=headers).json()["next_cursor"]
        for name, query in {
            "first page": {},
            "next page": {"cursor": cursor},
            "first page by rent": {"sort": "-rent"},
            "search": {"q": "martin 12"},
        }.items():
            whole, bare = _page(bench, headers, query)
            found.append(Figure(f"{name}, p95, {of}", whole, "ms", bare, f"<= {MOST} × its SQL", whole <= MOST * bare))
    return [*found, *(_export(bench, kind, perimeters["a landlord"]) for kind in ("csv", "xlsx"))]


def _gather(bench: Bench, organisation: Any) -> int:
    """Gives one organisation `ROWS` declarations, if there are that many, then updates PostgreSQL's statistics."""
    count = bench.execute(
        f"UPDATE rent_declaration SET organisation_id = '{organisation}' "  # noqa: S608 - our own id
        f"WHERE id IN (SELECT id FROM rent_declaration ORDER BY id LIMIT {ROWS})"
    )
    with bench.driver() as connection:
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE rent_declaration")
        connection.autocommit = False
    return count


def _page(bench: Bench, headers: dict[str, str], query: dict[str, str]) -> tuple[float, float]:
    """Times requests and their SQL alternately, since the machine's other load varies."""

    def ask() -> None:
        answer = bench.harness.client.get(BASE, headers=headers, params=query)
        if answer.status_code != 200:
            raise AssertionError(answer.text)

    with _sent(bench.harness.runtime.engine) as statements:
        ask()
    whole, bare = [], []
    with bench.driver() as connection:
        for _ in range(PAGES):
            whole.append(seconds(ask))
            bare.append(seconds(lambda: _replay(connection, statements)))
    return _p95(whole), _p95(bare)


def _export(bench: Bench, kind: str, headers: dict[str, str]) -> Figure:
    """Rows per second, compared with reading the same rows through the same driver."""
    path = f"{BASE}/export"
    with _sent(bench.harness.runtime.engine) as statements:
        spent, size = _timed(
            lambda: len(bench.harness.client.get(path, headers=headers, params={"format": kind}).content)
        )
    if size < ROWS:
        raise AssertionError(f"not a whole file: {size} bytes")
    with bench.harness.runtime.read_only() as session:
        count = session.execute(select(func.count()).select_from(RentDeclaration)).scalar_one()
    rows = min(count, ROWS)
    with bench.driver() as connection:
        longest = [statement for statement in statements if "ORDER BY" in statement[0]]
        bare = seconds(lambda: _replay(connection, longest))
    return Figure(f"export of {rows:,} rows as {kind}", rows / spent, "rows/s", rows / bare)


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


@contextmanager
def _sent(engine: Engine) -> Iterator[list[Statement]]:
    """The SELECT statements sent meanwhile, as the driver received them."""
    statements: list[Statement] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def _replay(connection: Any, statements: list[Statement]) -> None:
    for statement, parameters in statements:
        connection.execute(statement, parameters).fetchall()


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] * 1000
