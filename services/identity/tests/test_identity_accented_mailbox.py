"""A mailbox with accents gets no code: it is refused where it is typed, with the reason and an example."""

from typing import Any

import pytest
from chassis.problems import Invalid
from identity.supervision import agents

ACCENTED = "rené@exemple.fr"
SAID = "les relais de messagerie ne portent pas les accents avant le @"


def test_at_the_first_sign_in_and_for_another_code(local: Any) -> None:
    local.register()
    sent = local.issued()[-1]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.send("/compte/premiere-connexion/informations", **{**local.person, "email": ACCENTED})
    assert browser.status == 422
    assert SAID in browser.text
    assert "Exemple" in browser.text
    assert local.codes() == []


def test_when_the_address_is_changed_and_when_a_password_is_forgotten(local: Any) -> None:
    browser, _ = local.activated()
    codes = len(local.codes())
    browser.send("/compte/securite/courriel", email=ACCENTED, current=local.password)
    assert browser.status == 422
    assert SAID in browser.text
    assert len(local.codes()) == codes
    browser.send("/compte/mot-de-passe-oublie", email=ACCENTED)
    assert browser.status == 422
    assert SAID in browser.text


def test_an_accented_domain_is_taken(local: Any) -> None:
    browser, _ = local.activated()
    browser.send("/compte/securite/courriel", email="contact@hôtel.example", current=local.password)
    assert local.codes()[-1][0] == "contact@hôtel.example"


def test_at_the_command_line(local: Any) -> None:
    with pytest.raises(Invalid) as refused:
        agents.add(local.harness.runtime, login="AGENT-DUPONT", caf_code="359", email=ACCENTED)
    assert SAID in refused.value.errors[0].detail
