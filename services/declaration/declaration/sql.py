"""SQL that neither database has under one name."""

from typing import Any

from chassis import clock
from sqlalchemy import String, Uuid, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement


class new_id(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function it stands for
    """A UUIDv7 a row (RFC 9562), made by the database in set-based statements; as `chassis.ids.new_id` elsewhere."""

    type = Uuid()
    inherit_cache = True

    def __init__(self) -> None:
        # The 48 bits of milliseconds as 12 hexadecimal digits.
        super().__init__(literal(f"{int(clock.now().timestamp() * 1000):012x}", String))


@compiles(new_id, "sqlite")
def _sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    # As SQLAlchemy stores a Uuid there: 32 lower-case hexadecimal digits.
    time = compiler.process(element.clauses, **kwargs)
    return (
        f"lower({time} || '7' || substr(hex(randomblob(2)), 2) || substr('89AB', 1 + (random() & 3), 1)"
        " || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))"
    )


@compiles(new_id, "postgresql")
def _postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    # PostgreSQL 17 makes version 4 only: its random bits are kept, the time and the version are laid over them.
    time = compiler.process(element.clauses, **kwargs)
    random = "replace(gen_random_uuid()::text, '-', '')"
    return f"overlay(overlay({random} placing {time} from 1 for 12) placing '7' from 13 for 1)::uuid"


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


def analyze(session: Session, table: str) -> None:
    """Tells PostgreSQL what a table that was just filled holds; it would take it for empty, and join row by row."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE {table}"))
