"""Assembles a process: its services, what it serves, its background work."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from chassis.auth import KeySource
from chassis.bridge import WsgiBridge
from chassis.runtime import Runtime
from chassis.webapp import create_api
from runner import metrics
from runner.asgi import Edge, apps_of, readiness
from runner.worker import Worker
from sqlalchemy import text
from starlette.types import ASGIApp

from launcher import schema, services

log = structlog.get_logger()
PORTAL_THREADS = 32
PAGE_THREADS = 16


@dataclass
class Process:
    """``serve``: answers HTTP; ``work``: relays, handles events, runs jobs. All-in-one does both for all services."""

    target: str
    serve: bool
    work: bool
    runtimes: list[Runtime] = field(default_factory=list)
    after_start: Callable[["Process"], None] = lambda _process: None

    def __post_init__(self) -> None:
        self.runtimes = [services.runtime(name) for name in services.names_of(self.target)]
        self.keys = self._key_source()
        self.worker = Worker(self.runtimes)
        self.prepared = threading.Event()
        self._stopping = threading.Event()

    def application(self) -> Edge:
        metrics.watch(self.runtimes)
        checks = [
            readiness("prepared", self.prepared.is_set),
            *(readiness(f"database {one.name}", partial(_ping, one)) for one in self.runtimes),
        ]
        if self.serve and self.runtimes:
            checks.append(readiness("keys", lambda: self.keys.ready))
        return Edge(apps_of(self._apps()), checks=dict(checks), on_start=self.start, on_stop=self.stop)

    def start(self) -> None:
        """Returns at once: if the database is unavailable, health checks answer while the process waits for it."""
        threading.Thread(target=self._prepare, name="prepare", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self.keys.stop()
        if self.work:
            self.worker.stop()
        for runtime in self.runtimes:
            runtime.dispose()

    def _prepare(self) -> None:
        for runtime in self.runtimes:
            self._until_done(runtime.name, partial(_make_ready, runtime))
        if self.serve and self.runtimes:
            self.keys.start()
        if self.work and not self._stopping.is_set():
            self.worker.start()
        self.prepared.set()
        log.info("ready", target=self.target, serve=self.serve, work=self.work)
        self.after_start(self)

    def _until_done(self, name: str, step: Callable[[], None]) -> None:
        wait = 0.5
        while not self._stopping.is_set():
            try:
                step()
                return
            except Exception as error:
                log.warning("not ready yet", service=name, error=type(error).__name__, again_in_seconds=wait)
                self._stopping.wait(wait)
                wait = min(wait * 2, 10)

    def _apps(self) -> list[tuple[list[str], ASGIApp]]:
        if not self.serve:
            return []
        apps: list[tuple[list[str], ASGIApp]] = []
        for runtime in self.runtimes:
            apps.append(([runtime.service.base_path], create_api(runtime, self.keys)))
            if runtime.service.pages is not None:
                pages = _pages(runtime.service.pages(runtime), PAGE_THREADS)
                apps.append((list(runtime.service.page_prefixes), pages))
        if self.target in (services.ALL, services.PORTAL):
            apps.append((["/"], _portal()))
        if self.target == services.ALL:
            # Imported here: it needs the page layout, which a single service's image does not contain.
            from launcher import dev_mailbox

            apps.append((["/dev"], _pages(dev_mailbox.create(self.runtimes), 4)))
        return apps

    def _key_source(self) -> KeySource:
        identity = next((one for one in self.runtimes if one.name == "identity"), None)
        if identity is not None:
            from identity.oidc.signing_keys import public_jwks

            return KeySource(lambda: public_jwks(identity))
        url = self.runtimes[0].settings.jwks_url if self.runtimes else ""
        return KeySource.from_url(url)


def _make_ready(runtime: Runtime) -> None:
    schema.upgrade(runtime)
    if runtime.service.on_start is not None:
        runtime.service.on_start(runtime)


def _portal() -> ASGIApp:
    from portal.app import create_portal
    from portal.settings import PortalSettings
    from portal.uploads import most_bytes

    portal = create_portal(PortalSettings.load(services.PORTAL))
    return _pages(portal, PORTAL_THREADS, most_bytes=partial(most_bytes, portal))


def _pages(application: Callable[..., object], threads: int, **options: Any) -> ASGIApp:
    """With the page layout's message for bodies that are too large; imported here: only images with pages have it."""
    from webui.errors import TOO_LARGE

    return WsgiBridge(application, threads, refused_as=TOO_LARGE, **options)


def _ping(runtime: Runtime) -> None:
    with runtime.engine.execution_options(reading=True).connect() as connection:
        connection.execute(text("SELECT 1"))
