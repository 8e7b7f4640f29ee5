"""Every form of every page, filled with what no person types: a clear refusal, never a 500, nothing broken behind."""

from typing import Any
from urllib.parse import urlencode

import pytest
from identity_applications import enrolled
from webui.testing import parse

FIRST = "/compte/premiere-connexion/"
HOSTILE = {
    "one million signs": "x" * 1_000_000,
    "forty thousand signs": "x" * 40_000,
    "NUL": "a\0b",
    "decomposed accents": "e\u0301" * 60,
    "a right-to-left override": "\u202eabc\u202c",
    "thousands of digits": "9" * 5_000,
    "a script": "<script>alert(1)</script>'\"--",
    "a template": "{{ 7 * 7 }}{% raw %}",
}
# As bytes: what a browser never sends, but a program may.
INVALID = {"not UTF-8": "%FF%FE%80", "a lone surrogate": "%ED%A0%80", "NUL in bytes": "%00", "cut short": "%C3"}
REFUSED = range(200, 500)
PERSON = {
    **{"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "telephone": "", "function": ""},
    **{"login": "AAAA-AAAA", "user_number": "35900007090001", "email": "nolwenn@lices.example", "code": "AAAA-AAAA"},
    **{"password": "girafe violon pamplemousse", "again": "girafe violon pamplemousse", "current": "une girafe fausse"},
}


def fields_of(page: str) -> list[str]:
    typed = [one for one in parse(page) if one.tag in ("input", "textarea", "select") and one.inside("main")]
    return sorted({one.get("name") for one in typed if one.get("name") and one.get("name") != "csrf_token"})


def pages_of(world: Any) -> list[tuple[Any, str]]:
    """Every page with a form, each in a browser that stands where it opens."""
    world.register()
    sent = world.issued()[-1]
    visitor, newcomer = world.browser("192.0.2.10"), world.browser("192.0.2.11")
    public = ("connexion", "identifiant-perdu", "mot-de-passe-oublie", "aide-connexion")
    found = [(visitor, f"/compte/{page}") for page in public]
    newcomer.sign_in(sent["login"], sent["password"])
    return [*found, (newcomer, FIRST + "informations")]


def holder_pages(world: Any) -> list[tuple[Any, str]]:
    browser, _ = world.activated()
    browser.send("/compte/securite/courriel", email="autre@lices.example", current=world.password)
    here = "/compte/securite"
    return [
        (browser, here + path) for path in ("/mot-de-passe", "/informations", "/courriel", "/courriel/confirmation")
    ]


def choosing_pages(world: Any) -> list[tuple[Any, str]]:
    """The steps that end by going on to the next one: a browser for each."""
    pages = []
    for position, step in enumerate(("mot-de-passe", "regles-usage", "conditions-utilisation"), start=1):
        world.register(f"3590000709000{position}", kind="natural_person", email=f"{position}@lices.example")
        browser, sent = world.browser(f"192.0.2.{position}"), world.issued()[-1]
        browser.sign_in(sent["login"], sent["password"])
        browser.send(FIRST + "informations", **{**world.person, "email": f"{position}@lices.example"})
        if position > 1:
            browser.send(FIRST + "mot-de-passe", password=world.password, again=world.password)
        if position > 2:
            browser.send(FIRST + "regles-usage", version="1", accepted="y")
        pages.append((browser, FIRST + step))
    return pages


def second_factor_pages(world: Any) -> list[tuple[Any, str]]:
    holder, sent, _, _ = enrolled(world)
    stopped = world.browser("192.0.2.20")
    stopped.sign_in(sent["login"], world.password)
    here = "/compte/securite"
    pages = [(holder, here + path) for path in ("/verification", "/cles-acces")]
    return [*pages, (stopped, "/compte/connexion/seconde-verification")]


MADE = [pages_of, holder_pages, choosing_pages, second_factor_pages]
NAMES = ["signing in", "signed in", "first sign-in", "second factor"]


def attack(browser: Any, path: str, encoded: str) -> dict[str, int]:
    """Posts the value in one field of the page at a time, all others as a person would fill them, with its token."""
    names, statuses = fields_of(browser.client.get(path).text), {}
    assert names, path
    for hostile in names:
        if browser.get(path) != path:
            # It was no field that matters: the form was taken, and the next step is due.
            break
        person = {name: PERSON.get(name, "y") for name in names if name != hostile}
        token = next((one.get("value") for one in parse(browser.text) if one.get("name") == "csrf_token"), "")
        body = urlencode({"csrf_token": token, **person}) + f"&{hostile}={encoded}"
        answer = browser.client.post(path, data=body, content_type="application/x-www-form-urlencoded")
        assert "<script>alert" not in answer.text
        statuses[hostile] = int(answer.status_code)
    return statuses


@pytest.mark.parametrize("value", [*HOSTILE, *INVALID])
@pytest.mark.parametrize("made", MADE, ids=NAMES)
def test_every_form_refuses_what_no_person_types_without_breaking(local: Any, made: Any, value: str) -> None:
    encoded = urlencode({"": HOSTILE[value]})[1:] if value in HOSTILE else INVALID[value]
    for browser, path in made(local):
        assert set(attack(browser, path, encoded).values()) <= set(REFUSED), path


@pytest.mark.parametrize("value", ["NUL in bytes", "not UTF-8"])
@pytest.mark.parametrize("made", MADE, ids=NAMES)
def test_neither_database_meets_a_text_it_cannot_hold(world: Any, made: Any, value: str) -> None:
    for browser, path in made(world):
        assert set(attack(browser, path, INVALID[value]).values()) <= set(REFUSED), path


@pytest.mark.parametrize("value", [*HOSTILE, *INVALID])
def test_no_address_with_such_a_query_breaks(local: Any, value: str) -> None:
    encoded = urlencode({"": HOSTILE[value][:4_000]})[1:] if value in HOSTILE else INVALID[value]
    for path in ("connexion", "aide-connexion", "identifiant-perdu"):
        answer = local.browser().client.get(f"/compte/{path}?origin={encoded}&before={encoded}&login={encoded}")
        assert answer.status_code < 500


@pytest.mark.parametrize(
    ("path", "field"), [("/recoveries/identifier", "user_number"), ("/recoveries/password", "email")]
)
@pytest.mark.parametrize("value", [*HOSTILE, "a lone surrogate"])
def test_the_api_refuses_them_with_a_problem(local: Any, path: str, field: str, value: str) -> None:
    text = f'"{HOSTILE[value]}"' if value in HOSTILE and value not in ("NUL", "a script") else '"\\ud800\\u0000"'
    answer = local.harness.client.post(
        "/api/identity/v1" + path,
        content=f'{{"{field}": {text}}}'.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")
