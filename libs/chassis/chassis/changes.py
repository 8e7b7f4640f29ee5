"""Tells the workers of a service that something was written, whatever wrote it: they wake instead of polling.

PostgreSQL: NOTIFY in the transaction that wrote, at most one a second from each process, so that commits do not queue
for it; `runner.waking` looks once more after the last. SQLite: workers look at the version of the file.
"""

import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

CHANNEL = "bailleurs_changes"
EVERY_SECONDS = 1.0
_WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY")


def announce(engine: Engine) -> None:
    """For every transaction of this engine."""
    if engine.dialect.name != "postgresql":
        return
    announced = 0.0

    @event.listens_for(engine, "after_cursor_execute")
    def note(connection: Connection, cursor: Any, statement: str, *_others: object) -> None:
        if _wrote(cursor.statusmessage or "", statement):
            connection.info["wrote"] = True

    @event.listens_for(engine, "commit")
    def tell(connection: Connection) -> None:
        nonlocal announced
        if connection.info.pop("wrote", False) and time.monotonic() - announced > EVERY_SECONDS:
            announced = time.monotonic()
            _notify(connection)

    @event.listens_for(engine, "rollback")
    def forget(connection: Connection) -> None:
        # A connection that broke has nothing to forget, and asking it would hide why it broke.
        if not connection.invalidated:
            connection.info.pop("wrote", None)


def _notify(connection: Connection) -> None:
    """By the driver: it is no statement of the service. Raises DBAPIError, as a statement does."""
    driver: Any = connection.dialect.loaded_dbapi
    statement = f"NOTIFY {CHANNEL}"
    try:
        connection.connection.cursor().execute(statement)
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error


def _wrote(status: str, statement: str) -> bool:
    """By what the server answered, such as `UPDATE 3`; it answers SELECT to what writes in a WITH."""
    if status.startswith(_WRITES):
        return not status.endswith(" 0")
    return statement.startswith("WITH") and "INSERT INTO" in statement
