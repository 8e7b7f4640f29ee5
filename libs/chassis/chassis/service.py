"""The declaration of a service, made once in its ``app.py``; everything else is derived from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from chassis.settings import Settings

if TYPE_CHECKING:
    from chassis.events import Event
    from chassis.runtime import Runtime


@dataclass(frozen=True)
class Subscription:
    """An event type and its handler. Effect and "done" commit together; a handler that raises is retried later."""

    type: str
    handler: "Callable[[Session, Event[Any, Any]], None]"


@dataclass(frozen=True)
class Periodic:
    """A periodic job of a worker: purges, sending, long jobs claimed from rows."""

    name: str
    every_seconds: float
    run: "Callable[[Runtime], Any]"


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

    def handler_of(self, event_type: str) -> "Callable[[Session, Event[Any, Any]], None]":
        """Raises KeyError for a type the service does not subscribe to."""
        handlers = {subscription.type: subscription.handler for subscription in self.subscriptions}
        return handlers[event_type]
