"""Clients that ask for a fresh sign-in get one, once, through the pages; nothing is taken away before it succeeds."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock
from identity_applications import enrolled
from oidc_client import answered, authorize, claims_of, redeem

SIGN_IN = "/compte/connexion"
SECOND = "/compte/connexion/seconde-verification"


def resumed(browser: Any, address: str) -> dict[str, str]:
    """What the client is told when the browser comes back to its request."""
    return answered(browser.client.get(address).location)


@pytest.mark.parametrize("asked", [{"max_age": "0"}, {"prompt": "login"}, {"prompt": "login", "max_age": "0"}])
def test_a_fresh_sign_in_is_asked_once_and_then_gives_a_code(world: Any, asked: dict[str, str]) -> None:
    browser, sent = world.activated()
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert authorize(browser, **asked).location == SIGN_IN
        address = browser.sign_in(sent["login"], world.password)
        assert address.startswith("/oidc/authorize?")
        assert "code" in resumed(browser, address)
        # Another request is another sign-in.
        assert authorize(browser, **asked).location == SIGN_IN
        assert authorize(browser, **asked, state="s2").location == SIGN_IN


def test_one_request_s_sign_in_serves_no_other(local: Any) -> None:
    browser, sent = local.activated()
    authorize(browser, prompt="login", state="s1")
    browser.sign_in(sent["login"], local.password)
    assert authorize(browser, prompt="login", state="s2").location == SIGN_IN


def test_who_needs_two_minutes_for_the_second_factor_is_not_asked_again(local: Any) -> None:
    browser, sent, application, _ = enrolled(local)
    started = clock.now() + timedelta(minutes=10)
    with time_machine.travel(started):
        assert authorize(browser, max_age="60").location == SIGN_IN
        assert browser.sign_in(sent["login"], local.password) == SECOND
    with time_machine.travel(started + timedelta(minutes=2)):
        address = browser.send(SECOND, code=application.at(clock.now()))
        code = resumed(browser, address)["code"]
        claims = claims_of(local, redeem(local, code).json["id_token"])
        assert claims["auth_time"] >= int((started + timedelta(minutes=2)).timestamp())
    # From the second factor on, not from the password.
    with time_machine.travel(started + timedelta(minutes=2, seconds=50)):
        assert "code" in answered(authorize(browser, max_age="60").location)
    with time_machine.travel(started + timedelta(minutes=3, seconds=5)):
        assert authorize(browser, max_age="60").location == SIGN_IN


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_page_elsewhere_that_asks_for_a_sign_in_signs_nobody_out(local: Any, asked: dict[str, str]) -> None:
    browser, sent = local.activated()
    sid = local.harness.rows("sign_in_session")[-1]["id"]
    authorize(browser, **asked)
    assert browser.get("/compte/securite") == "/compte/securite"
    browser.sign_in(sent["login"], "not the password of anybody")
    assert browser.get("/compte/securite") == "/compte/securite"
    assert "code" in answered(authorize(browser).location)
    assert [row["id"] for row in local.harness.rows("sign_in_session") if row["ended_at"] is None] == [sid]


def test_the_form_is_shown_to_who_is_signed_in_and_asked_to_sign_in_again(local: Any) -> None:
    browser, _ = local.activated()
    assert browser.get(SIGN_IN) != SIGN_IN
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        authorize(browser, prompt="login")
        assert browser.get(SIGN_IN) == SIGN_IN
    with time_machine.travel(clock.now() + timedelta(minutes=12)):
        assert browser.get(SIGN_IN) != SIGN_IN


def test_without_a_page_to_ask_on_a_fresh_sign_in_is_an_error(local: Any) -> None:
    browser, _ = local.activated()
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert answered(authorize(browser, prompt="none", max_age="0").location)["error"] == "login_required"
