"""Identity on a fresh database, its pages in a browser that keeps cookies, and landlords from the registry."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from chassis import ids, sealing
from chassis.keys import b64
from chassis.runtime import Runtime
from chassis.testing.applications import Pool
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from flask import Flask
from flask.testing import FlaskClient
from identity.app import service
from identity.crypto import hashing
from identity.pages.application import create_pages
from webui.testing import parse, share_templates

sys.path.insert(0, str(Path(__file__).parent))
# Found once the folder is in the path.
from identity_events import Issued
from identity_snapshot import Snapshots, written

PASSWORD = "girafe violon pamplemousse comète"
SIRET = "73282932000074"
INFORMATION = {
    "civility": "Mme",
    "last_name": "Le Goff",
    "first_name": "Nolwenn",
    "email": "nolwenn@lices.example",
    "telephone": "02 99 00 00 00",
}


@dataclass
class Browser:
    """Fills in forms as a person would: reads the page for its token, then sends it."""

    client: FlaskClient
    world: "World"
    path: str = ""
    text: str = ""
    status: int = 0

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        while answer.status_code in (302, 303) and answer.location.startswith("/compte"):
            path = answer.location
            answer = self.client.get(path)
        self.path = answer.location if answer.status_code in (302, 303) else path
        self.text, self.status = answer.text, answer.status_code
        return self.path

    def send(self, path: str, page: str = "", **fields: str) -> str:
        """Posts with the token of the page shown there, or at `page`; returns where one ends up."""
        answer = self.client.post(path, data={**self.hidden(page or path), **fields})
        self.text, self.status = answer.text, answer.status_code
        if answer.status_code in (302, 303):
            return self.get(answer.location) if answer.location.startswith("/compte") else answer.location
        self.path = path
        return path

    def insist(self, path: str, page: str = "", **fields: str) -> str:
        """Sends, and says yes when the page asks whether a second one is meant."""
        self.send(path, page, **fields)
        if self.status != 409:
            return self.path
        kept = {one.get("name"): one.get("value") for one in parse(self.text) if one.get("type") == "hidden"}
        return self.send(path, page, **{**kept, **fields})

    def hidden(self, page: str) -> dict[str, str]:
        """The token of the page, and the key of its form that acts once; nothing when it has no form."""
        seen = [one for one in parse(self.client.get(page).text) if one.get("name") in ("csrf_token", "key")]
        return {one.get("name"): one.get("value") for one in seen}

    def token(self, path: str) -> str:
        found = [one for one in parse(self.client.get(path).text) if one.get("name") == "csrf_token"]
        return found[0].get("value") if found else ""

    def sign_in(self, login: str, password: str) -> str:
        return self.send("/compte/connexion", login=login, password=password)

    def complete(self, email: str = INFORMATION["email"], password: str = PASSWORD) -> str:
        """All the steps after the credentials."""
        self.send("/compte/premiere-connexion/informations", **{**INFORMATION, "email": email})
        self.send("/compte/premiere-connexion/mot-de-passe", password=password, again=password)
        self.send("/compte/premiere-connexion/regles-usage", version="1", accepted="y")
        self.send("/compte/premiere-connexion/conditions-utilisation", version="1", accepted="y")
        return self.send("/compte/premiere-connexion/courriel", code=self.world.codes()[-1][1])


def _pages(runtime: Runtime) -> Flask:
    app = create_pages(runtime)
    app.testing = True
    share_templates(app)
    return app


_PAGES = Pool(_pages)
_SNAPSHOTS = Snapshots()


@dataclass
class World:
    password: ClassVar = PASSWORD
    person: ClassVar = INFORMATION

    harness: Harness
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        lent = _PAGES.lend(self.harness.runtime)
        self.harness.closing.callback(_PAGES.take_back, lent)
        self.app, self._like = lent.application, lent.like
        self._born = written(self.harness.runtime)

    def build_pages(self) -> None:
        """Pages of its own: the clients' secrets and logins come from the environment."""
        self.app = _pages(self.harness.runtime)

    def browser(self, address: str = "192.0.2.1") -> Browser:
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return Browser(client, self)

    def register(self, user_number: str = "35900007090001", **changes: Any) -> UUID:
        """What the registry says of a landlord; a legal person with an e-mail unless changed."""
        legal = changes.get("kind", "legal_person") == "legal_person"
        organisation = ids.organisation_id(siret=SIRET) if legal else ids.organisation_id(user_number=user_number)
        data = {
            "landlord_id": str(ids.new_id()),
            "organisation_id": str(organisation),
            "caf_code": user_number[:3],
            "user_number": user_number,
            "kind": "legal_person",
            "siret": SIRET if legal else None,
            "version": 1,
            "moves": 0,
        }
        personal = {
            "name": "REGIE DES LICES",
            "civility": None,
            "last_name": None,
            "first_name": None,
            "email": "gestion@lices.example",
            "address": ["REGIE DES LICES", "12 PLACE DES LICES", "35000 RENNES"],
        }
        data |= {name: value for name, value in changes.items() if name in data}
        personal |= {name: value for name, value in changes.items() if name in personal}
        self.harness.deliver("registry.landlord_registered.v1", data, personal)
        return organisation

    def issued(self) -> list[Issued]:
        """Every provisional password sent so far: data, personal, and what notification alone can open."""
        settings = self.harness.runtime.settings
        as_notification = type(settings)(**{**vars(settings), "service": "notification"})
        return [
            cast(Issued, {**event.data, **event.personal, **sealing.open_sealed(as_notification, event.data["sealed"])})
            for event in self.harness.published("identity.credentials_issued.v1")
        ]

    def codes(self) -> list[tuple[str, str]]:
        """(address, code) of each message that asks to confirm an address; "" for one that another account has."""
        settings = self.harness.runtime.settings
        as_notification = type(settings)(**{**vars(settings), "service": "notification"})
        return [
            (
                event.personal["email"],
                "" if event.data["taken"] else sealing.open_sealed(as_notification, event.data["sealed"])["code"],
            )
            for event in self.harness.published("identity.email_confirmation_asked.v1")
        ]

    def activated(self, **changes: Any) -> tuple[Browser, Issued]:
        """A landlord who has done the whole first sign-in."""
        if changes:
            return self._activated(changes)
        browser, sent = _SNAPSHOTS.make(
            self.harness.runtime, self._born, self._like, lambda: self._activated({}), self._restored
        )
        return browser, sent

    def _restored(self, made: tuple[Browser, Issued]) -> tuple[Browser, Issued]:
        browser, (was, sent) = self.browser(), made
        browser.client._cookies = dict(was.client._cookies or {})
        browser.path, browser.text, browser.status = was.path, was.text, was.status
        return browser, sent

    def _activated(self, changes: dict[str, Any]) -> tuple[Browser, Issued]:
        self.register(**changes)
        sent = self.issued()[-1]
        browser = self.browser()
        browser.sign_in(sent["login"], sent["password"])
        browser.complete()
        return browser, sent


_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CHEAP_DUMMY = _CHEAP.hash("nobody's")


@pytest.fixture(autouse=True)
def _cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash takes 20 ms on purpose, and a landlord with a second factor is a dozen of them."""
    if "costly_hashes" not in request.fixturenames:
        monkeypatch.setattr(hashing, "_HASHER", _CHEAP)
        monkeypatch.setattr(hashing, "_DUMMY", _CHEAP_DUMMY)


@pytest.fixture
def costly_hashes() -> None:
    """Those of the product, for a test of the hashes themselves or of the time that they take."""


def make_world(harness: HarnessFactory, url: str, **settings: Any) -> World:
    keys = {"identity_key": b64(b"k" * 32), "portal_client_secret": "portal-secret"}
    return World(harness(service, url, **keys, **settings))


@pytest.fixture
def world(harness: HarnessFactory, database_url: str) -> World:
    return make_world(harness, database_url)


@pytest.fixture
def local(harness: HarnessFactory, sqlite_url: str) -> World:
    """For what does not depend on the database."""
    return make_world(harness, sqlite_url)


@pytest.fixture
def new_world(harness: HarnessFactory) -> Callable[..., World]:
    """Worlds with settings of their own: `new_world(database_url, name=value)`."""
    return partial(make_world, harness)
