"""Guard over the web pages: which of them answer somebody who has not signed in is written in a list."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
from chassis import keys
from chassis.testing.plugin import HarnessFactory
from flask import Flask
from identity.pages.application import create_pages
from portal.app import create_portal
from portal.settings import PortalSettings
from werkzeug.routing import AnyConverter, IntegerConverter, UUIDConverter

from launcher import services

PUBLIC = Path(__file__).with_name("public_pages.txt")
VALUES: dict[type, str] = {UUIDConverter: "01973f50-0000-7000-8000-00000000000c", IntegerConverter: "2026"}
SIGN_IN = ("/connexion", "/compte/connexion")


def rules(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(METHOD, rule, an address that matches it)."""
    for rule in app.url_map.iter_rules():
        values = {name: _fitting(converter) for name, converter in rule._converters.items()}
        built = rule.build(values)
        assert built is not None, rule.rule
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            yield method, rule.rule, built[1]


def _fitting(converter: object) -> str:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return VALUES.get(type(converter), "x")


def open_to_strangers(app: Flask) -> set[str]:
    """What does anything else than leading to the sign-in page."""
    app.config["WTF_CSRF_ENABLED"] = False
    found = set()
    for method, rule, address in rules(app):
        answer = app.test_client().open(address, method=method)
        leads_to_sign_in = answer.status_code in (302, 303) and answer.location.partition("?")[0] in SIGN_IN
        if not leads_to_sign_in:
            found.add(f"{method} {rule}")
    return found


def portal(tmp_path: Path) -> Flask:
    """With services that are away: nothing of theirs is needed to see a public page."""
    settings = PortalSettings(
        service="portal", environment="test", database_url=f"sqlite:///{tmp_path}/portal.sqlite3", session_key="key"
    )
    return create_portal(settings, httpx.MockTransport(lambda _request: httpx.Response(503)))


def dead_ends(app: Flask, page: str) -> set[str]:
    """The POSTs that, sent from `page` with an old token, answer without a way to where the form is shown."""
    found = set()
    for method, rule, address in rules(app):
        # What programs send there has no token.
        if method != "POST" or rule.startswith("/oidc/"):
            continue
        answer = app.test_client().post(address, headers={"Referer": f"http://localhost{page}"})
        assert "Le formulaire a expiré" in answer.text, rule
        again = re.search(r'href="([^"]+)">Rouvrir le formulaire', answer.text)
        if again is None or app.test_client().get(again[1]).status_code not in (200, 302, 303):
            found.add(rule)
    return found


def test_an_expired_form_of_any_page_leads_back_to_where_it_is_shown(
    harness: HarnessFactory, sqlite_url: str, tmp_path: Path
) -> None:
    secrets = keys.generate()
    given = {"identity_key": secrets["BAILLEURS_IDENTITY_KEY"], "public_url": "http://localhost:8080"}
    runtime = harness(services.load("identity"), sqlite_url, **given).runtime
    assert dead_ends(create_pages(runtime), "/compte/connexion") == set()
    app = portal(tmp_path)
    assert dead_ends(app, "/aide/") == set()
    app.extensions["portal_engine"].dispose()


def test_the_pages_open_to_strangers_are_those_of_the_list(
    harness: HarnessFactory, sqlite_url: str, tmp_path: Path
) -> None:
    listed = {line for line in PUBLIC.read_text().splitlines() if line and not line.startswith("#")}
    secrets = keys.generate()
    given = {"identity_key": secrets["BAILLEURS_IDENTITY_KEY"], "public_url": "http://localhost:8080"}
    identity_runtime = harness(services.load("identity"), sqlite_url, **given).runtime
    identity = open_to_strangers(create_pages(identity_runtime))
    app = portal(tmp_path)
    found = {f"identity {one}" for one in identity} | {f"portal {one}" for one in open_to_strangers(app)}
    app.extensions["portal_engine"].dispose()
    assert found == listed
