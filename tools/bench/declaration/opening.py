"""Opening a campaign, compared with INSERT … SELECT of the same rows into the same tables, keys and indexes included.

Twice: with the tables' foreign keys, which PostgreSQL checks row by row, and without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from chassis import clock
from declaration.models import DeclarationRequest, RentDeclaration, StateTransition

from tools.bench.declaration.ground import CAF, Bench, seconds
from tools.bench.figures import Figure

AIM = 0.7
TABLES = [model.__tablename__ for model in (RentDeclaration, StateTransition, DeclarationRequest)]
BASE = "/api/declaration/v1/campaigns"


def figures(bench: Bench) -> list[Figure]:
    spent = seconds(lambda: _open(bench))
    aim = f">= {AIM} × INSERT … SELECT"
    found = []
    for name, constrained in (("campaign opening", True), ("campaign opening, bare of foreign keys", False)):
        rows, bare = _bare(bench, constrained=constrained)
        found.append(Figure(name, rows / spent, "rows/s", rows / bare, aim, bare / spent >= AIM))
    return found


def _bare(bench: Bench, *, constrained: bool) -> tuple[int, float]:
    """Rows and seconds."""
    rows, bare = 0, 0.0
    for table in TABLES:
        # Read from an otherwise unused table, so that the rows' values are at hand.
        bench.execute(f"CREATE TABLE ready_{table} AS TABLE {table}")
        bench.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        for key in bench.foreign_keys(table) if constrained else ():
            bench.execute(f"ALTER TABLE bare_{table} ADD {key}")
        count, elapsed = bench.timed(f"INSERT INTO bare_{table} TABLE ready_{table}")
        rows, bare = rows + count, bare + elapsed
        bench.execute(f"DROP TABLE ready_{table}, bare_{table}")
    return rows, bare


def _open(bench: Bench) -> None:
    """Over HTTP, as an agent does it; includes the campaign's own row."""
    prepare(bench, CAF)
    open_one(bench, CAF)


def prepare(bench: Bench, caf: str) -> None:
    """Creates this year's campaign of a Caf, not yet open."""
    year = clock.today().year
    body = {
        "year": year,
        "opens_on": f"{year - 1}-07-01",
        "deadline": f"{year + 1}-01-15",
        "cut_off": f"{year + 1}-03-01",
    }
    act(bench, BASE, body, caf=caf)


def open_one(bench: Bench, caf: str) -> None:
    act(bench, f"{BASE}/{clock.today().year}/opening", None, caf=caf)


def act(bench: Bench, path: str, body: Mapping[str, object] | None, **agent: Any) -> None:
    """An agent's POST. Raises AssertionError when it is refused."""
    headers = {**bench.harness.headers(kind="agent", **agent), "Idempotency-Key": str(uuid4())}
    answer = bench.harness.client.post(path, headers=headers, json=body)
    if answer.status_code >= 300:
        raise AssertionError(answer.text)
