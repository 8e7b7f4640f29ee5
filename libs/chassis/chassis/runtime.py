"""A service: its declaration, made once in its ``app.py``, from which everything else is derived; and its runtime, the
service bound to its settings, with which handlers, consumers and jobs work."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVarTuple

from sqlalchemy import Engine, MetaData, Row, Select
from sqlalchemy.orm import Session

from chassis import changes, db
from chassis.events import Event
from chassis.settings import Settings

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Subscription:
    """An event type and its handler. Effect and "done" commit together; a handler that raises is retried later.

    ``urgent``: handled before the events that wait, such as a withdrawn right before a thousand PDFs."""

    type: str
    handler: Callable[[Session, Event[Any, Any]], None]
    urgent: bool = False


@dataclass(frozen=True)
class Periodic:
    """A periodic job of a worker: purges, sending, long jobs claimed from rows.

    ``on_change``: works on rows that commits of this service make. It runs after a change, at most once in
    ``every_seconds``, and seldom without one. If ``run`` returns a time, also then.
    """

    name: str
    every_seconds: float
    run: "Callable[[Runtime], Any]"
    on_change: bool = False


# Admits the caller of an operation by the verified claims of the token, or raises a Problem.
Admission = Callable[["Runtime", dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class Service:
    name: str
    metadata: MetaData
    settings: type[Settings] = Settings
    subscriptions: Sequence[Subscription] = ()
    # The types this service publishes; each has events/<type without the service>.json beside the package.
    published: Sequence[str] = ()
    periodic: Sequence[Periodic] = ()
    # A WSGI application for web pages, and the path prefixes at which it is served.
    pages: "Callable[[Runtime], Any] | None" = None
    page_prefixes: Sequence[str] = ()
    # Runs at the start of an API or worker process, after the migrations.
    on_start: "Callable[[Runtime], None] | None" = None
    # For the service that owns the accounts, instead of the copy that `account_status` keeps.
    admission: Admission | None = None
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def base_path(self) -> str:
        return f"/api/{self.name}/v1"

    @property
    def migrations(self) -> Path:
        return self.resource("migrations")

    def resource(self, name: str) -> Path:
        """A file of the service: inside the package when installed from a wheel, beside it in a checkout."""
        package = Path(str(files(self.name)))
        inside = package / name
        return inside if inside.exists() else package.parent / name

    @property
    def urgent(self) -> tuple[str, ...]:
        """The types of events that are handled first."""
        return tuple(each.type for each in self.subscriptions if each.urgent)

    def handler_of(self, event_type: str) -> Callable[[Session, Event[Any, Any]], None]:
        """Raises KeyError for a type the service does not subscribe to."""
        return {each.type: each.handler for each in self.subscriptions}[event_type]


class Runtime:
    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.engine = db.make_engine(settings.database_url)
        changes.announce(self.engine)
        # Set when this process commits an event, or a relay leaves some: it sends at once instead of at its next poll.
        self.outbox_filled = threading.Event()
        # Set when this process receives an event, or leaves one in the inbox.
        self.inbox_filled = threading.Event()
        # How many events the last transaction of the inbox had time for.
        self.inbox_handled = 0

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def engine(self) -> Engine:
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engine = engine
        # Made once: an engine with other options costs as much as a statement.
        self._snapshots, self.one_by_one = db.snapshots(engine), db.one_by_one(engine)
        self.single_writes = db.single_writes(engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One unit of work: commits at the end, rolls back on any error; then wakes the relay if it published."""
        with self._session(self.engine) as session:
            with session.begin():
                yield session
            if session.info.get("published"):
                self.outbox_filled.set()

    @contextmanager
    def read_only(self) -> Iterator[Session]:
        """A session on one snapshot, that never waits for a writer; writes are rolled back."""
        with self._session(self._snapshots) as session:
            yield session
            used = session.in_transaction() and self.engine.dialect.name == "postgresql"
            if used and not session.connection().info.get("wrote"):
                # At a rollback, psycopg forgets what it has prepared, and the server plans all of it again.
                session.connection().connection.commit()

    def rows(self, statement: Select[*Columns], parameters: Mapping[str, Any]) -> Sequence[Row[*Columns]]:
        """What one SELECT finds, at a fifth of the cost of a session: no transaction is needed around one statement."""
        with self.one_by_one.connect() as connection:
            return connection.execute(statement, parameters).all()

    @contextmanager
    def _session(self, bind: Engine) -> Iterator[Session]:
        with Session(bind, expire_on_commit=False, info={"runtime": self}) as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def of(session: Session) -> Runtime:
    """The runtime of a session."""
    runtime: Runtime = session.info["runtime"]
    return runtime
