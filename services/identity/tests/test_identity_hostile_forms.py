"""Every form of every page, filled with what no person types: a clear refusal, never a 500, nothing broken behind."""

from typing import Any
from urllib.parse import urlencode

import pytest
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


def attack(browser: Any, path: str, encoded: str) -> dict[str, int]:
    """Posts the value in one field of the page at a time, all others as a person would fill them, with its token."""
    names, statuses = fields_of(browser.client.get(path).text), {}
    assert names, path
    for hostile in names:
        person = {name: PERSON.get(name, "y") for name in names if name != hostile}
        body = urlencode({"csrf_token": browser.token(path), **person}) + f"&{hostile}={encoded}"
        answer = browser.client.post(path, data=body, content_type="application/x-www-form-urlencoded")
        assert "<script>alert" not in answer.text
        statuses[hostile] = int(answer.status_code)
    return statuses


@pytest.mark.parametrize("value", [*HOSTILE, *INVALID])
@pytest.mark.parametrize("made", [pages_of, holder_pages], ids=["signing in", "signed in"])
def test_every_form_refuses_what_no_person_types_without_breaking(local: Any, made: Any, value: str) -> None:
    encoded = urlencode({"": HOSTILE[value]})[1:] if value in HOSTILE else INVALID[value]
    for browser, path in made(local):
        assert set(attack(browser, path, encoded).values()) <= set(REFUSED), path


@pytest.mark.parametrize("value", ["NUL in bytes", "not UTF-8"])
@pytest.mark.parametrize("made", [pages_of, holder_pages], ids=["signing in", "signed in"])
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
