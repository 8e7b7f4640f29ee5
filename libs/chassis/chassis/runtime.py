"""A service bound to its settings; handlers, consumers and jobs work with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from chassis.db import make_engine
from chassis.service import Service
from chassis.settings import Settings


class Runtime:
    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.engine: Engine = make_engine(settings.database_url)
        # Set when this process commits an event: the relay sends at once instead of at its next poll.
        self.outbox_filled = threading.Event()
        # Set when this process receives an event.
        self.inbox_filled = threading.Event()

    @property
    def name(self) -> str:
        return self.service.name

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One unit of work: commits at the end, rolls back on any error; then wakes the relay if it published."""
        with self._session(reading=False) as session:
            with session.begin():
                yield session
            if session.info.get("published"):
                self.outbox_filled.set()

    @contextmanager
    def read_only(self) -> Iterator[Session]:
        """A session that never waits for a writer; writes are rolled back."""
        with self._session(reading=True) as session:
            yield session

    @contextmanager
    def _session(self, *, reading: bool) -> Iterator[Session]:
        bind = self.engine.execution_options(reading=True) if reading else self.engine
        with Session(bind, expire_on_commit=False, info={"runtime": self}) as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def of(session: Session) -> Runtime:
    """The runtime of a session."""
    runtime: Runtime = session.info["runtime"]
    return runtime
