"""Wakes a service's background work when anybody has committed, in this process or another; a slow poll is behind it.

PostgreSQL: LISTEN, on a connection of its own. SQLite: the version of the file, which costs microseconds to look at.
"""

import select
import threading
import time
from collections.abc import Callable

from chassis import changes, outbox
from chassis.runtime import Runtime
from sqlalchemy import Engine, make_url

# How soon a listener sees that it should stop.
STOP_SECONDS = 1.0
LOOKED_AT_SECONDS = 0.5
# Longer than the silence after an announcement, in which others commit without one.
ONCE_MORE_SECONDS = changes.EVERY_SECONDS * 1.5


def listen(runtime: Runtime, woken: Callable[[Runtime], None], stopping: threading.Event) -> None:
    """Sets the runtime's events and calls `woken` until stopped. Raises when the database does not answer."""

    def wake() -> None:
        runtime.outbox_filled.set()
        runtime.inbox_filled.set()
        woken(runtime)

    if runtime.engine.dialect.name == "postgresql":
        _listen(runtime, wake, stopping)
    else:
        _watch(runtime.engine, wake, stopping)


def _listen(runtime: Runtime, wake: Callable[[], None], stopping: threading.Event) -> None:
    # Only where the database is PostgreSQL.
    import psycopg
    from psycopg.conninfo import make_conninfo

    address = make_url(runtime.settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    # A server that went away without a word is noticed within a minute.
    alive = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
    with psycopg.connect(make_conninfo(address, **alive), autocommit=True, connect_timeout=5) as listening:
        for channel in (outbox.CHANNEL, changes.CHANNEL):
            listening.execute(f"LISTEN {channel}")
        # What was committed while nobody listened.
        once_more = time.monotonic()
        while not stopping.is_set():
            # Not psycopg's own wait, which wakes ten times a second.
            if select.select([listening], [], [], max(0, min(STOP_SECONDS, once_more - time.monotonic())))[0]:
                for told in listening.notifies(timeout=0):
                    if told.channel == outbox.CHANNEL:
                        runtime.outbox_filled.set()
                    else:
                        wake()
                        once_more = time.monotonic() + ONCE_MORE_SECONDS
            if time.monotonic() >= once_more:
                wake()
                once_more = float("inf")


def _watch(engine: Engine, wake: Callable[[], None], stopping: threading.Event) -> None:
    connection = engine.raw_connection()
    try:
        cursor, seen = connection.cursor(), None
        while not stopping.is_set():
            # Changes with each commit of another connection: https://www.sqlite.org/pragma.html#pragma_data_version
            (version,) = cursor.execute("PRAGMA data_version").fetchone()
            if version != seen:
                wake()
            seen = version
            stopping.wait(LOOKED_AT_SECONDS)
    finally:
        connection.close()
