"""The portal with services and identity that answer from memory."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))

from portal.app import create_portal
from portal.settings import PortalSettings
from portal_stand_ins import FakeIdentity, FakeServices, MakePortal, SignIn
from webui.testing import share_templates


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def identity() -> FakeIdentity:
    return FakeIdentity()


@pytest.fixture
def make_portal(services: FakeServices, identity: FakeIdentity) -> Iterator[MakePortal]:
    """A process of the portal on a database; several may share one."""
    made: list[Flask] = []

    def make(database_url: str) -> Flask:
        settings = PortalSettings(
            service="portal",
            environment="test",
            database_url=database_url,
            api_url="http://gateway.test",
            portal_client_secret="client-secret",
            session_key="session-key",
        )
        app = create_portal(settings, services.transport())
        share_templates(app)
        app.extensions["portal_provider"].client_cls = identity.session_class()
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["portal_engine"].dispose()


@pytest.fixture
def portal(make_portal: MakePortal, sqlite_url: str) -> Flask:
    return make_portal(sqlite_url)


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
