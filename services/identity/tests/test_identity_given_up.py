"""A sign-in given up half-way takes nothing away: the session that was open stays until the new one is complete."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock
from identity_applications import enrolled
from identity_events import Issued
from oidc_client import answered, authorize, redeem, refresh, tokens
from webui.testing import parse

SIGN_IN = "/compte/connexion"
SECOND = "/compte/connexion/seconde-verification"
FIRST = "/compte/premiere-connexion"
MINE = "/compte/securite"


def open_sessions(world: Any) -> set[str]:
    """Those that are neither over nor waiting for a second factor."""
    rows = world.harness.rows("sign_in_session")
    return {str(row["id"]) for row in rows if row["ended_at"] is None and row["proven_at"] is not None}


def cookie(browser: Any) -> str:
    return str(browser.client.get_cookie("compte").value)


def reads_its_account(browser: Any) -> bool:
    return bool(browser.get(MINE) == MINE and browser.status == 200)


def name_shown(browser: Any, page: str) -> str:
    """The words at the top of the page."""
    return next(one for one in parse(browser.client.get(page).text) if one.tag == "header").words


@pytest.fixture
def asked(local: Any) -> Any:
    """Somebody with a second factor, whose browser a page elsewhere has just sent to sign in again."""
    browser, sent, application, _ = enrolled(local)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert authorize(browser, prompt="login", state="elsewhere").location == SIGN_IN
        yield browser, sent, application


def given_up_at(page: str, browser: Any, sent: Issued, password: str) -> None:
    """Leaves the new sign-in at that page."""
    if page == "the form":
        browser.get(SIGN_IN)
    if page == "a wrong password":
        browser.sign_in(sent["login"], "not the password of anybody")
    if page in ("the second factor", "a wrong code"):
        assert browser.sign_in(sent["login"], password) == SECOND
    if page == "a wrong code":
        browser.send(SECOND, code="000000")
        assert browser.status == 422


@pytest.mark.parametrize("page", ["the form", "a wrong password", "the second factor", "a wrong code"])
def test_a_sign_in_given_up_leaves_the_session_that_was_open(local: Any, asked: Any, page: str) -> None:
    browser, sent, _ = asked
    before = open_sessions(local)
    given_up_at(page, browser, sent, local.password)
    assert reads_its_account(browser)
    assert "code" in answered(authorize(browser).location)
    assert open_sessions(local) == before


def test_the_new_session_replaces_the_old_one_once_the_second_factor_is_proven(local: Any, asked: Any) -> None:
    browser, sent, application = asked
    before, old_cookie = open_sessions(local), cookie(browser)
    given_up_at("a wrong code", browser, sent, local.password)
    half_way = cookie(browser)
    address = browser.send(SECOND, code=application.at(clock.now()))
    assert "code" in answered(browser.client.get(address).location)
    assert len(open_sessions(local)) == 1
    assert not open_sessions(local) & before
    assert reads_its_account(browser)
    for dead in (old_cookie, half_way):
        other = local.browser()
        other.client.set_cookie("compte", dead)
        assert other.get(MINE) == SIGN_IN


def test_the_tokens_of_the_old_session_end_with_it_and_not_before(local: Any) -> None:
    browser, sent, application, _ = enrolled(local)
    held = tokens(local, browser)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        authorize(browser, prompt="login", state="elsewhere")
        browser.sign_in(sent["login"], local.password)
        held = refresh(local, held["refresh_token"]).json
        browser.send(SECOND, code=application.at(clock.now()))
        assert refresh(local, held["refresh_token"]).json["error"] == "invalid_grant"
        assert "access_token" in redeem(local, answered(authorize(browser).location)["code"]).json


def test_the_page_of_the_second_factor_names_who_signs_in_not_who_is_still_there(local: Any) -> None:
    _, sent, _, _ = enrolled(local)
    local.register("35900007090002", kind="natural_person", last_name="Kerjean", email="yann@kerjean.example")
    browser, other = local.browser(), local.issued()[-1]
    browser.sign_in(other["login"], other["password"])
    browser.send(f"{FIRST}/informations", **{**local.person, "first_name": "Yann", "email": "yann@kerjean.example"})
    browser.send(f"{FIRST}/mot-de-passe", password=local.password, again=local.password)
    for text in ("regles-usage", "conditions-utilisation"):
        browser.send(f"{FIRST}/{text}", version="1", accepted="y")
    browser.send(f"{FIRST}/courriel", code=local.codes()[-1][1])
    assert "Yann" in name_shown(browser, MINE)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        authorize(browser, prompt="login")
        assert browser.sign_in(sent["login"], local.password) == SECOND
        assert "Nolwenn" in name_shown(browser, SECOND)
        assert "Yann" in name_shown(browser, MINE)


def test_signing_out_ends_the_sign_in_that_was_given_up_too(local: Any, asked: Any) -> None:
    browser, sent, _ = asked
    given_up_at("the second factor", browser, sent, local.password)
    browser.send("/compte/deconnexion")
    assert browser.get(SECOND) == SIGN_IN
    assert all(row["ended_at"] for row in local.harness.rows("sign_in_session"))


def test_without_a_session_the_second_factor_is_asked_wherever_one_goes(local: Any) -> None:
    _, sent, _, _ = enrolled(local)
    stranger = local.browser()
    assert stranger.sign_in(sent["login"], local.password) == SECOND
    assert stranger.get(MINE) == SECOND
