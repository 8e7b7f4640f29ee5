"""Locks by identifier, held across threads and processes."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

THREADS = tuple(threading.Lock() for _ in range(64))
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


@contextmanager
def alone(engine: Engine, identifier: str) -> Iterator[None]:
    """
    Lets one caller in at a time for this identifier, among all that use the same database.

    On PostgreSQL it holds a connection and waits at most the engine's lock timeout; SQLite means one process, where a
    thread lock suffices.
    """
    number = _number(identifier)
    with THREADS[number % len(THREADS)]:
        if engine.dialect.name != "postgresql":
            yield
            return
        with engine.connect() as connection:
            # A transaction even on an engine of single statements: the lock would end with its own statement.
            connection.execution_options(isolation_level="READ COMMITTED")
            connection.execute(_LOCK, {"key": number})
            yield
            connection.commit()


def alone_until_commit(session: Session, identifier: str) -> None:
    """Waits for the other transactions of this identifier, then sees what they wrote. On SQLite there is one writer
    at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"key": _number(identifier)})


def _number(identifier: str) -> int:
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:8], signed=True)
