"""Engines, column types and the tables every service has; the same models on SQLite and PostgreSQL."""

import select
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from chassis.french import money
from chassis.write_turns import queue_writers

POOL_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT_SECONDS = 10
# A network that drops connections silently takes minutes.
TRUSTED_SECONDS = 30
# Compares the columns of a stored row with those of a given one.
Newer = Callable[[Any, Any], sa.ColumnElement[bool]]


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware UTC out; SQLite drops time zones, the type restores them. Raises ValueError for a naive value."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Euros(TypeDecorator[Decimal]):
    """``Decimal`` euros in Python, integer cents in the database: exact on both databases, also in SQL sums."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else money.to_cents(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else money.from_cents(value)


Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# SQLite numbers rows by itself only for a column that is exactly INTEGER.
Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TYPES: dict[Any, Any] = {
    datetime: UtcDateTime(),
    Decimal: Euros(),
    UUID: sa.Uuid(),
    dict[str, Any]: Json,
    list[str]: Json,
    list[dict[str, Any]]: Json,
}
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata() -> sa.MetaData:
    """A service's metadata, including the chassis' own tables."""
    metadata = sa.MetaData(naming_convention=_NAMING)
    _outbox(metadata)
    _inbox(metadata)
    _journal(metadata)
    _idempotency(metadata)
    return metadata


def _outbox(metadata: sa.MetaData) -> None:
    sa.Table(
        "outbox",
        metadata,
        *_event("created_at"),
        sa.Column("sent_at", UtcDateTime),
        sa.UniqueConstraint("event_id"),
        _waiting_index("ix_outbox_pending", "sent_at"),
    )


def _inbox(metadata: sa.MetaData) -> None:
    sa.Table(
        "inbox",
        metadata,
        *_event("received_at"),
        sa.Column("consumer", sa.String(60), nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.Column("dead_at", UtcDateTime),
        sa.UniqueConstraint("consumer", "event_id"),
        _waiting_index("ix_inbox_due", "done_at"),
    )


def _event(since: str) -> list[sa.Column[Any]]:
    """What is stored of an event, and how often it was tried."""
    return [
        sa.Column("seq", Sequence, primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("envelope", sa.Text, nullable=False),
        sa.Column(since, UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", UtcDateTime, nullable=False),
        sa.Column("error", sa.String(200)),
    ]


def _journal(metadata: sa.MetaData) -> None:
    sa.Table(
        "journal",
        metadata,
        sa.Column("seq", Sequence, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("perimeter", sa.String(100), nullable=False, index=True),
        sa.Column("before", Json),
        sa.Column("after", Json),
        sa.Column("reason", sa.Text),
        sa.Column("trace_id", sa.String(32)),
    )


def _idempotency(metadata: sa.MetaData) -> None:
    sa.Table(
        "idempotency_key",
        metadata,
        sa.Column("caller", sa.String(100), primary_key=True),
        sa.Column("route", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False, index=True),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("body", Json),
        sa.Column("headers", Json),
    )


def _waiting_index(name: str, ended: str) -> sa.Index:
    """Partial index over the rows that are not finished yet."""
    waiting = sa.Column(ended).is_(sa.null())
    return sa.Index(name, "next_attempt_at", postgresql_where=waiting, sqlite_where=waiting)


def make_engine(url: str) -> sa.Engine:
    """An engine with bounded waits. Connections open a write transaction, unless of `snapshots` or `one_by_one`."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    engine = sa.create_engine(
        url,
        json_deserializer=orjson.loads,
        # Database error messages would show the values: personal data in logs.
        hide_parameters=True,
        # The last used is the one whose statements are prepared.
        pool_use_lifo=True,
        pool_size=16,
        max_overflow=8,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        connect_args={"connect_timeout": 5, "options": f"-c lock_timeout={LOCK_TIMEOUT_SECONDS}s -c timezone=UTC"},
    )
    _ask_doubtful_connections(engine)
    return engine


def snapshots(engine: sa.Engine) -> sa.Engine:
    """For reads of several statements that must agree; on the same pool."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


def one_by_one(engine: sa.Engine) -> sa.Engine:
    """For reads of one statement, each its own snapshot, without BEGIN and ROLLBACK; on the same pool."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(one_by_one=True)
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def single_writes(engine: sa.Engine) -> sa.Engine:
    """For transactions of one statement: on PostgreSQL, BEGIN and COMMIT are round trips of their own."""
    return engine if engine.dialect.name == "sqlite" else one_by_one(engine)


def _ask_doubtful_connections(engine: sa.Engine) -> None:
    """Replaces connections that a restarted server has closed, as `pool_pre_ping` does, but asks the server only for a
    connection that was idle for long or from which something can be read: a server says goodbye before it hangs up."""

    @sa.event.listens_for(engine, "checkin")
    def put_back(_connection: object, record: sa.PoolProxiedConnection, *_more: object) -> None:
        record.info["idle_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def ask(connection: Any, record: sa.PoolProxiedConnection, *_more: object) -> None:
        idle_since = record.info.get("idle_since")
        if idle_since is None:
            return
        if time.monotonic() - idle_since < TRUSTED_SECONDS and not _readable(connection.fileno()):
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise sa.exc.InvalidatePoolError from error


def _readable(file: int) -> bool:
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


def _sqlite_engine(url: str) -> sa.Engine:
    database = sa.make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    waits = {"timeout": LOCK_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = sa.create_engine(url, json_deserializer=orjson.loads, hide_parameters=True, connect_args=waits)

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # The driver would open transactions at the first write: two readers that both start writing then deadlock.
        connection.isolation_level = None
        # Each connection keeps the pages it has read, up to these 4 MB: some thirty of them in one process.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-4000"):
            connection.execute(f"PRAGMA {pragma}")

    queue_writers(engine, LOCK_TIMEOUT_SECONDS)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("one_by_one"):
            connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")

    return engine


def upsert(session: Session, table: Any) -> Any:
    """An INSERT of the session's dialect, with ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return _insert(table, session.get_bind().dialect.name)


def insert_new(session: Session, table: Any, values: dict[str, Any] | list[dict[str, Any]]) -> int:
    """Inserts the rows that violate no unique key, skips the others; returns how many were inserted.

    Counted with RETURNING: drivers disagree on ``rowcount`` here.
    """
    return len(session.execute(_insert_new(*_place(session, table)), values).all())


def is_newer(known: Any, given: Any) -> sa.ColumnElement[bool]:
    """SQL condition on the columns of the stored row and of the given one: the version is higher."""
    return sa.and_(known.version < given.version)


def keep_newer(
    session: Session, table: Any, row: dict[str, Any], *, newer: Newer = is_newer, first: tuple[str, ...] = ()
) -> bool:
    """Inserts the row, or overwrites the one with its primary key if the condition `newer` holds; returns whether it
    was written. `first`: columns that keep the value of their first row."""
    target, dialect = _place(session, table)
    changing = tuple(name for name in row if name not in first and name not in target.primary_key.columns)
    return session.execute(_keep_newer(target, dialect, changing, newer), row).first() is not None


def _place(session: Session, table: Any) -> tuple[sa.Table, str]:
    return getattr(table, "__table__", table), session.get_bind().dialect.name


# Built once: for one row, building a statement costs more than running it.
@cache
def _insert_new(table: sa.Table, dialect: str) -> sa.Executable:
    return _insert(table, dialect).on_conflict_do_nothing().returning(*table.primary_key.columns)


@cache
def _keep_newer(table: sa.Table, dialect: str, changing: tuple[str, ...], newer: Newer) -> sa.Executable:
    new, key = _insert(table, dialect), table.primary_key.columns
    given = {name: new.excluded[name] for name in changing}
    return new.on_conflict_do_update(index_elements=key, set_=given, where=newer(table.c, new.excluded)).returning(*key)


def _insert(table: Any, dialect: str) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def any_row(of: Any, *conditions: sa.ColumnExpressionArgument[bool]) -> sa.Exists:
    """EXISTS over ``of``, a model or alias; every other table is correlated to an enclosing statement, at any depth.

    ``sa.exists()`` correlates one level out only: at two levels it adds the table to its own FROM, with all its rows.
    """
    return sa.select(sa.literal(1)).select_from(of).where(*conditions).correlate_except(of).exists()


def changed(result: Any) -> int:
    """The number of rows an UPDATE or DELETE changed."""
    return int(result.rowcount)
