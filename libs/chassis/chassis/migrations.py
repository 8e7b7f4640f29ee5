"""Schema migrations: each service has its own Alembic history; one environment serves all five."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from chassis.db import service_metadata
from chassis.runtime import Runtime, Service

# Any constant: two processes of a service that start together upgrade one after the other.
_LOCK = 7_261_501
_TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")


def create_chassis_tables(connection: Connection) -> None:
    """First step of every service's first migration. A later change to these tables is a migration in each service."""
    service_metadata().create_all(connection)


def config(service: Service, connection: Connection | None = None) -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    alembic.set_main_option("version_locations", str(service.migrations / "versions"))
    alembic.set_main_option("path_separator", "newline")
    alembic.attributes.update(connection=connection, metadata=service.metadata)
    return alembic


def upgrade(runtime: Runtime) -> None:
    """Brings the service's schema to its head; safe when several processes start at once."""
    with runtime.engine.connect() as connection, _tables_replaceable(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(runtime.service, connection), "head")
        _check_references(connection)


@contextmanager
def _tables_replaceable(connection: Connection) -> Iterator[None]:
    """SQLite drops a constraint by recreating the table while other rows refer to it; foreign keys can be turned off
    outside a transaction only (https://sqlite.org/lang_altertable.html, section 7)."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def triggers_kept(connection: Connection) -> Iterator[None]:
    """Keeps triggers while a migration recreates tables: SQLite drops a table's triggers with it, and refuses to rename
    a table that another table's trigger refers to."""
    sqlite = connection.dialect.name == "sqlite"
    found = connection.execute(_TRIGGERS).all() if sqlite else []
    for name, _ in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in found:
        connection.exec_driver_sql(statement)


def _check_references(connection: Connection) -> None:
    """Checks the foreign keys that SQLite did not enforce meanwhile. Raises ValueError."""
    if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise ValueError(f"rows that refer to nothing in {tables}")


def revision(runtime: Runtime, message: str, number: str) -> None:
    """Writes the next migration from the models: for developers, through ``bailleurs revision``."""
    with runtime.engine.begin() as connection:
        create_chassis_tables(connection)
        alembic = config(runtime.service, connection)
        place = str(runtime.service.migrations / "versions")
        command.revision(alembic, message, autogenerate=True, rev_id=number, version_path=place)
