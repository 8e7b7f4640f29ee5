"""SQL that the two databases spell differently."""

from typing import Any

from chassis import clock
from sqlalchemy import BigInteger, String, Uuid, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement


class new_id(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function it stands for
    """A UUIDv7 per row (RFC 9562), made by the database in set-based statements; as `chassis.ids.new_id` elsewhere.

    They increase from row to row, so that each index on them grows at its end: the row's number goes into the 12 bits
    after the time and, beyond 4096 rows, into the time itself (section 6.2, a counter that rolls over).
    """

    type = Uuid()
    inherit_cache = True

    def __init__(self) -> None:
        super().__init__(literal(int(clock.now().timestamp() * 1000) << 12, BigInteger))


@compiles(new_id, "sqlite")
def _sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    # As SQLAlchemy stores a Uuid there: 32 lower-case hexadecimal digits.
    time = f"printf('%015x', {compiler.process(element.clauses, **kwargs)} + row_number() OVER ())"
    return (
        f"lower(substr({time}, 1, 12) || '7' || substr({time}, 13) || substr('89ab', 1 + (random() & 3), 1)"
        " || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))"
    )


@compiles(new_id, "postgresql")
def _postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    # PostgreSQL 17 makes version 4 only: we use its second half, with the variant and 62 random bits.
    time = f"({compiler.process(element.clauses, **kwargs)} + row_number() OVER ())"
    first = f"(({time} >> 12) << 16) | 28672 | ({time} & 4095)"
    return f"encode(int8send({first}) || substr(uuid_send(gen_random_uuid()), 9), 'hex')::uuid"


class hour_of(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function it stands for
    """The UTC hour of an instant, as `2026-09-02 08`."""

    type = String()
    inherit_cache = True


@compiles(hour_of, "sqlite")
def _sqlite_hour(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kwargs)}, 1, 13)"


@compiles(hour_of, "postgresql")
def _postgresql_hour(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kwargs)} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"


def analyze(session: Session, table: str, *columns: str) -> None:
    """Updates PostgreSQL's statistics of a table just filled; it would assume it empty, and join row by row.

    Only on these columns, from a small sample: a plan needs the keys, and analysing each name costs more than it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL default_statistics_target = 10"))
        session.execute(text(f"ANALYZE {table} ({', '.join(columns)})"))


def give_memory(session: Session) -> None:
    """More memory for the sorts and joins of a transaction on a whole portfolio; PostgreSQL's 4 MB suit a page.

    Also disables JIT, which takes a second to compile queries that run for some seconds.
    """
    _set(session, work_mem="64MB", jit="off")


def prefer_keys(session: Session) -> None:
    """For a part of a large portfolio: PostgreSQL prices a row read by key as on a spinning disk, so each slice of a
    million lines would scan the whole table."""
    _set(session, random_page_cost="1.1")


def _set(session: Session, **settings: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        for name, value in settings.items():
            session.execute(text(f"SET LOCAL {name} = '{value}'"))
