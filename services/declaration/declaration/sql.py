"""SQL that neither database has under one name."""

from typing import Any

from chassis import clock
from sqlalchemy import BigInteger, String, Uuid, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement


class new_id(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function it stands for
    """A UUIDv7 a row (RFC 9562), made by the database in set-based statements; as `chassis.ids.new_id` elsewhere.

    They rise from row to row, so that each index on them grows at its end: the row's number goes into the 12 bits
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
    # PostgreSQL 17 makes version 4 only: its second half, with the variant and 62 bits that nobody can guess, is ours.
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
    """Tells PostgreSQL what a table that was just filled holds; it would take it for empty, and join row by row.

    Of these columns only, and from few rows: a plan needs the keys, and to look at each name costs more than the plan.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL default_statistics_target = 10"))
        session.execute(text(f"ANALYZE {table} ({', '.join(columns)})"))


def give_memory(session: Session) -> None:
    """To the sorts and joins of a transaction that works on a whole portfolio; PostgreSQL's 4 MB are for a page.

    Nor does it compile what runs for some seconds, which takes one.
    """
    _set(session, work_mem="64MB", jit="off")


def prefer_keys(session: Session) -> None:
    """For a part of a large portfolio: PostgreSQL's price of a row read by its key is that of a disk that turns, and
    each slice of a million lines would read all that is there."""
    _set(session, random_page_cost="1.1")


def _set(session: Session, **settings: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        for name, value in settings.items():
            session.execute(text(f"SET LOCAL {name} = '{value}'"))
