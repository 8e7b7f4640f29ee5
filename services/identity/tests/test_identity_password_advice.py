"""The rule said while one types: to who is choosing a password, and nothing of it kept anywhere."""

import logging
from typing import Any

import pytest
from identity.domain.throttle import PER_ADVISED

ADVICE = "/compte/mot-de-passe/avis"
PAGE = "/compte/securite/mot-de-passe"


def ask(browser: Any, page: str, password: str) -> Any:
    return browser.client.post(ADVICE, data={"password": password}, headers={"X-CSRFToken": browser.token(page)})


def test_a_stranger_gets_no_advice(local: Any) -> None:
    browser = local.browser()
    answer = ask(browser, "/compte/connexion", "girafe violon pamplemousse")
    assert (answer.status_code, answer.location) == (303, "/compte/connexion")


def test_another_site_cannot_ask(local: Any) -> None:
    browser, _ = local.activated()
    assert browser.client.post(ADVICE, data={"password": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("typed", "accepted", "said"),
    [
        ("court", False, "au moins 15 caractères"),
        ("jetaimemonamour", False, "mots de passe volés"),
        ("motdepassemotdepasse", False, "un mot du service"),
        ("nolwenn et ses trois girafes", False, "votre nom"),
        ("girafe violon pamplemousse comète", True, "convient"),
        ("x" * 40_000, False, "128 caractères"),
        ("", False, "au moins 15 caractères"),
    ],
)
def test_the_advice_is_the_rule_of_the_form(local: Any, typed: str, accepted: bool, said: str) -> None:
    browser, _ = local.activated()
    answer = ask(browser, PAGE, typed)
    assert answer.json["accepted"] is accepted
    assert said in answer.json["message"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_login_is_refused_whole_and_half_of_it_by_chance_is_not(local: Any) -> None:
    browser, sent = local.activated()
    first, second = sent["login"].lower().split("-")
    for half in (first, second):
        assert ask(browser, PAGE, f"girafe violon pample{half}mousse comète").json["accepted"] is True
    for whole in (f"{first}-{second}", f"{first}{second}", f"{first} {second}"):
        assert "votre identifiant" in ask(browser, PAGE, f"girafe violon {whole} comète").json["message"]


def test_the_first_password_is_advised_upon_too(local: Any) -> None:
    local.register()
    browser, sent = local.browser(), local.issued()[-1]
    browser.sign_in(sent["login"], sent["password"])
    browser.send("/compte/premiere-connexion/informations", **local.person)
    assert ADVICE in browser.text
    assert ask(browser, browser.path, "court").json["accepted"] is False


def test_nothing_of_what_is_typed_is_kept(local: Any, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    browser, _ = local.activated()
    with caplog.at_level(logging.DEBUG):
        ask(browser, PAGE, "secret typed by a person")
    tables = local.harness.runtime.service.metadata.tables
    stored = str([local.harness.rows(name) for name in tables])
    assert "secret typed" not in stored + caplog.text + "".join(capfd.readouterr())


def test_who_asks_for_a_whole_list_waits(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, _ = local.activated()
    monkeypatch.setattr("identity.pages.password_advice.PER_ADVISED", PER_ADVISED.tightened().tightened().tightened())
    answers = [ask(browser, PAGE, "girafe violon").status_code for _ in range(4)]
    assert answers[0] == 200
    assert answers[-1] == 429
