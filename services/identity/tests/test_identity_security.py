"""« Mon compte »: one's password and one's sessions. What must not happen comes first."""

from typing import Any

import pytest
from webui.testing import assert_page

HERE = "/compte/securite"
OTHER = "lanterne brouette galaxie moutarde"


@pytest.mark.parametrize("path", [HERE, HERE + "/mot-de-passe"])
def test_nobody_opens_it_before_the_end_of_the_first_sign_in(local: Any, path: str) -> None:
    assert local.browser().get(path) == "/compte/connexion"
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    assert browser.get(path) == "/compte/premiere-connexion/informations"


def test_sessions_are_not_ended_by_a_form_of_another_site(local: Any) -> None:
    browser, sent = local.activated()
    other = local.browser()
    other.sign_in(sent["login"], local.password)
    assert browser.client.post(HERE + "/sessions").status_code == 400
    assert other.get("/compte/connexion") == "/connexion"


@pytest.mark.parametrize(
    ("current", "new", "said"),
    [
        ("une girafe qui se trompe", OTHER, "pas votre mot de passe actuel"),
        (None, "trop court", "15 caractères"),
        (None, "Le Goff et son chat gris", "votre nom"),
    ],
)
def test_a_password_is_not_changed_without_the_current_one_or_against_the_rule(
    local: Any, current: str | None, new: str, said: str
) -> None:
    browser, sent = local.activated()
    fields = {"current": current or local.password, "password": new, "again": new}
    browser.send(HERE + "/mot-de-passe", **fields)
    assert browser.status == 422
    assert said in browser.text
    assert_page(browser.text)
    assert local.browser().sign_in(sent["login"], local.password) == "/connexion"


def test_an_open_session_is_no_way_to_guess_the_password(local: Any) -> None:
    browser, _ = local.activated()
    for _attempt in range(8):
        browser.send(HERE + "/mot-de-passe", current="une girafe qui se trompe", password=OTHER, again=OTHER)
    assert browser.status == 429
    assert_page(browser.text)


def test_changing_the_password_keeps_this_session_and_ends_the_others(world: Any) -> None:
    browser, sent = world.activated()
    other = world.browser()
    other.sign_in(sent["login"], world.password)
    assert browser.send(HERE + "/mot-de-passe", current=world.password, password=OTHER, again=OTHER) == HERE
    assert "Votre mot de passe est changé" in browser.text
    assert_page(browser.text)
    assert other.get(HERE) == "/compte/connexion"
    assert world.browser().sign_in(sent["login"], OTHER) == "/connexion"
    assert world.browser().sign_in(sent["login"], world.password) == "/compte/connexion"


def test_one_sees_ones_sessions_and_ends_the_others(local: Any) -> None:
    browser, sent = local.activated()
    other = local.browser()
    other.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0"
    other.sign_in(sent["login"], local.password)
    browser.get(HERE)
    assert_page(browser.text)
    assert "Firefox sur Linux" in browser.text
    assert "(cette session)" in browser.text
    browser.client.post(HERE + "/sessions", data={"csrf_token": browser.token(HERE)})
    assert other.get(HERE) == "/compte/connexion"
    assert browser.get(HERE) == HERE
