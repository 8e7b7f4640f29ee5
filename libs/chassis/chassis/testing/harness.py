"""One service under test: real database, real migrations, real HTTP application, tokens signed by a test key."""

import json
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Self
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from chassis import clock, event_schemas, events, ids, inbox, keys
from chassis.auth import KeySource
from chassis.events import Event
from chassis.runtime import Runtime, Service
from chassis.testing import contracts, statements, templates
from chassis.testing.applications import Pool
from chassis.webapp import create_api

_SIGNING = ECKey.generate_key("P-256", {"kid": "test"})
_NOBODY_YET: Any = object()
_SECRETS = keys.generate()
SEALING = {
    "event_key": _SECRETS["BAILLEURS_EVENT_KEY"],
    "sealing_public_keys": _SECRETS["BAILLEURS_SEALING_PUBLIC_KEYS"],
    "sealing_private_keys": _SECRETS["BAILLEURS_SEALING_PRIVATE_KEYS"],
}


def signing_keys() -> KeySource:
    source = KeySource(lambda: KeySet([_SIGNING]).as_dict(private=False))
    source.refresh()
    return source


def _api(runtime: Runtime) -> ASGIApp:
    """Wholly built: connexion makes its layers at the first call, and Python 3.11 cannot compile routes in two threads
    at once (https://github.com/python/cpython/issues/106905)."""
    app = create_api(runtime, signing_keys())
    TestClient(app, raise_server_exceptions=False).get(f"{runtime.service.base_path}/openapi.json")
    return app


_APIS = Pool(_api)


class Harness:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._client: TestClient | None = None
        # What ends with the test.
        self.closing = ExitStack()
        self._building = Lock()

    @classmethod
    def create(cls, service: Service, database_url: str, directory: Path, **settings: Any) -> Self:
        chosen = {
            "environment": "test",
            "database_url": database_url,
            "storage_url": f"file://{directory}/storage/{{service}}",
            "exchange_url": f"file://{directory}/exchange",
            **SEALING,
            **settings,
        }
        runtime = Runtime(service, service.settings(service=service.name, **chosen))
        templates.prepare(runtime)
        runtime.engine = statements.shared(runtime.engine)
        return cls(runtime)

    @property
    def client(self) -> TestClient:
        """An HTTP client of the service's application, at its public paths."""
        with self._building:
            if self._client is None:
                lent = _APIS.lend(self.runtime)
                self.closing.callback(_APIS.take_back, lent)
                self._client = TestClient(lent.application, raise_server_exceptions=False)
        return self._client

    def token(
        self, *, kind: str = "landlord", sub: object = _NOBODY_YET, without: Collection[str] = (), **claims: Any
    ) -> str:
        """An access token as identity issues it; any claim can be overridden or left out to make a bad one."""
        settings, now = self.runtime.settings, int(clock.now().timestamp())
        payload = {
            "iss": settings.issuer,
            "aud": settings.audience,
            "sub": str(sub) if isinstance(sub, UUID) else str(ids.new_id()) if sub is _NOBODY_YET else sub,
            "kind": kind,
            "scope": "openid",
            "iat": now,
            "exp": now + 300,
            **{name: str(value) if isinstance(value, UUID) else value for name, value in claims.items()},
        }
        kept = {name: value for name, value in payload.items() if name not in without}
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "test"}, kept, _SIGNING)

    def headers(self, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**claims)}"}

    def deliver(self, event_type: str, data: dict[str, Any], personal: dict[str, Any] | None = None) -> Event:
        """Receives an event as if another service had published it, and handles every due row."""
        source, subject = event_type.split(".")[0], next(iter(data.values()), "")
        event = Event(type=event_type, subject=str(subject), source=source, data=data, personal=personal or {})
        self.deliver_envelope(event.to_envelope(self.runtime.settings))
        return event

    def deliver_envelope(self, envelope: str) -> None:
        """Fails when the publisher's schema refuses the event: no service could receive it."""
        event = events.from_envelope(envelope, self.runtime.settings)
        if faults := contracts.faults(event):
            raise AssertionError(f"{event.type} breaks its publisher's schema: {'; '.join(faults)}")
        with self.runtime.transaction() as session:
            inbox.receive(session, [envelope])
        while inbox.process_due(self.runtime):
            pass
        with self.runtime.read_only() as session:
            table = inbox.table(session)
            failed = session.execute(select(table.c.type, table.c.error).where(table.c.error.is_not(None))).all()
        if failed:
            raise AssertionError(f"an event was not handled: {failed}")

    def published(self, event_type: str | None = None) -> list[Event]:
        """The events the service has published so far, oldest first, with personal data opened."""
        with self.runtime.read_only() as session:
            outbox = self.runtime.service.metadata.tables["outbox"]
            rows = session.execute(select(outbox.c.envelope).order_by(outbox.c.seq)).scalars().all()
        opened = [events.from_envelope(row, self.runtime.settings) for row in rows]
        return [event for event in opened if event_type in (None, event.type)]

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.runtime.transaction() as session:
            yield session

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, to count them."""
        with self.runtime.read_only() as session:
            found = session.execute(select(self.runtime.service.metadata.tables[table])).mappings().all()
        return [dict(row) for row in found]

    def run_job(self, name: str) -> None:
        """Runs one periodic job of the service once."""
        jobs = {job.name: job for job in self.runtime.service.periodic}
        jobs[name].run(self.runtime)

    def close(self) -> None:
        self.closing.close()
        self._client = None
        self.runtime.dispose()


def load_schema(service: Service, event_type: str) -> dict[str, Any]:
    """The contract of an event that the service publishes, examples included."""
    schema: dict[str, Any] = json.loads(event_schemas.schema_path(service, event_type).read_text())
    return schema
