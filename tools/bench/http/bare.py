"""The bare handlers: a Flask view that sends the same statements through the driver and writes the same JSON.

No contract, token, perimeter, log or trace; the same server and the same bridge between its loop and its threads.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import flask
import orjson
import psycopg
import sqlalchemy as sa
from chassis.testing.harness import Harness

Statement = tuple[str, Any]


@dataclass(frozen=True)
class Bare:
    """Of a service's database; `answer` is what the real handler answers."""

    service: str
    statements: Sequence[Statement]
    answer: Any
    # In one transaction; else each statement by itself.
    writes: bool = False


@contextmanager
def sent(engine: sa.Engine) -> Iterator[list[Statement]]:
    """The statements sent meanwhile, as the driver received them."""
    statements: list[Statement] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            statements.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", keep)


def one_row(harness: Harness, table: sa.Table, key: object, answer: Any) -> Bare:
    """One row by its key."""
    (primary,) = table.primary_key.columns
    with sent(harness.runtime.engine) as statements, harness.runtime.read_only() as session:
        session.execute(sa.select(table).where(primary == key)).one()
    return Bare(harness.runtime.name, statements, answer)


def inserted(harness: Harness, table: sa.Table, condition: sa.ColumnElement[bool]) -> list[Statement]:
    """The INSERT of one such row again, into a copy of the table without its keys."""
    copy = _copy(harness, table)
    with harness.transaction() as session:
        row = session.execute(sa.select(table).where(condition).limit(1)).mappings().one()
    with sent(harness.runtime.engine) as statements, harness.transaction() as session:
        session.execute(sa.insert(copy).values(dict(row)))
    return statements


def updated(harness: Harness, table: sa.Table, key: object, names: Sequence[str]) -> list[Statement]:
    """The UPDATE of these columns of one row, to what they are, in a copy of the table with its primary key only."""
    copy = _copy(harness, table)
    (primary,) = table.primary_key.columns
    with harness.transaction() as session:
        row = session.execute(sa.select(table).where(primary == key)).mappings().one()
        session.execute(sa.insert(copy).values(dict(row)))
        session.execute(sa.text(f"CREATE UNIQUE INDEX IF NOT EXISTS key_{copy.name} ON {copy.name} ({primary.name})"))
    with sent(harness.runtime.engine) as statements, harness.transaction() as session:
        session.execute(sa.update(copy).where(copy.c[primary.name] == key).values({name: row[name] for name in names}))
    return statements


def _copy(harness: Harness, table: sa.Table) -> sa.TableClause:
    name = f"bare_{table.name}"
    with harness.transaction() as session:
        if not sa.inspect(session.connection()).has_table(name):
            session.execute(sa.text(f"CREATE TABLE {name} AS SELECT * FROM {table.name} WHERE 1 = 0"))  # noqa: S608 - our own table
    return sa.table(name, *(sa.column(one.name, one.type) for one in table.columns))


def application(handlers: Sequence[Bare], addresses: dict[str, str]) -> flask.Flask:
    """Each at `/bare/<its number>`, with one connection per thread and database."""
    app = flask.Flask(__name__)
    open_here = threading.local()

    def connection(service: str) -> Any:
        known: dict[str, Any] = open_here.__dict__
        if service not in known:
            known[service] = _connect(addresses[service])
        return known[service]

    def handle(number: int) -> flask.Response:
        bare = handlers[number]
        driver = connection(bare.service)
        if bare.writes:
            driver.execute("BEGIN")
        for statement, parameters in bare.statements:
            found = driver.execute(statement, parameters)
            if found.description is not None:
                found.fetchall()
        if bare.writes:
            driver.execute("COMMIT")
        return flask.Response(orjson.dumps(bare.answer), mimetype="application/json")

    app.add_url_rule("/bare/<int:number>", "bare", handle, methods=["GET", "PUT", "POST"])
    return app


def _connect(address: str) -> Any:
    url = sa.make_url(address)
    if url.get_backend_name() == "sqlite":
        made = sqlite3.connect(str(url.database), isolation_level=None, timeout=10)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16000"):
            made.execute(f"PRAGMA {pragma}")
        return made
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)
