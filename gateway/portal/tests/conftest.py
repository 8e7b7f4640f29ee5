"""The portal with services and identity that answer from memory."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))

from portal.app import connect, create_portal
from portal.settings import PortalSettings
from portal.store import METADATA
from portal_stand_ins import FakeIdentity, FakeServices, MakePortal, SignIn
from webui.testing import share_templates


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def identity() -> FakeIdentity:
    return FakeIdentity()


def settings_of(database_url: str) -> PortalSettings:
    return PortalSettings(
        service="portal",
        environment="test",
        database_url=database_url,
        api_url="http://gateway.test",
        portal_client_secret="client-secret",
        session_key="session-key",
    )


@pytest.fixture
def make_portal(services: FakeServices, identity: FakeIdentity) -> Iterator[MakePortal]:
    """A process of the portal on a database; several may share one."""
    made: list[Flask] = []

    def make(database_url: str) -> Flask:
        app = create_portal(settings_of(database_url), services.transport())
        share_templates(app)
        app.extensions["portal_provider"].client_cls = identity.session_class()
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["portal_engine"].dispose()


@pytest.fixture(scope="session")
def lent_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, PortalSettings]]:
    """Built once: its rules take as long to compile as the rest of most tests."""
    settings = settings_of(f"sqlite:///{tmp_path_factory.mktemp('portal')}/portal.sqlite3")
    app = create_portal(settings)
    share_templates(app)
    yield app, settings
    app.extensions["portal_engine"].dispose()


@pytest.fixture
def portal(lent_portal: tuple[Flask, PortalSettings], services: FakeServices, identity: FakeIdentity) -> Flask:
    """With empty tables, and what was read for another test forgotten."""
    app, settings = lent_portal
    connect(app, settings, services.transport())
    app.extensions["portal_provider"].client_cls = identity.session_class()
    app.extensions["portal_purge"].due_at = time.monotonic()
    with app.extensions["portal_engine"].begin() as connection:
        for table in METADATA.tables.values():
            connection.execute(table.delete())
    return app


@pytest.fixture
def client(portal: Flask) -> FlaskClient:
    return portal.test_client()


@pytest.fixture
def sign_in(portal: Flask, identity: FakeIdentity) -> SignIn:
    """Goes through the whole exchange with identity, as a browser would."""

    def run(**claims: object) -> FlaskClient:
        browser = portal.test_client()
        asked = browser.get("/connexion?suite=/declarer").headers["Location"]
        answer = browser.get(identity.consent(asked, **claims))
        assert answer.status_code == 303, answer.text
        return browser

    return run
