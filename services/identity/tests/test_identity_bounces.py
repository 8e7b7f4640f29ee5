"""E-mails that come back: marked, shown, and credentials by letter once."""

from datetime import timedelta
from typing import Any

import time_machine
from chassis import clock, ids
from webui.testing import assert_page


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


def come_back(world: Any, account_id: str | None, template: str) -> None:
    data = {
        "message_id": str(ids.new_id()),
        "template": template,
        "channel": "email",
        "at": clock.iso(clock.now()),
        "caf_code": None,
        "account_id": account_id,
        "landlord_id": None,
        "declaration_id": None,
        "reason": "smtp-550",
        "replaced_by": None,
    }
    world.harness.deliver("notification.bounced.v1", data)


def test_what_came_back_of_somebody_unknown_or_closed_changes_nothing(local: Any) -> None:
    local.register()
    come_back(local, None, "july")
    come_back(local, str(ids.new_id()), "login")
    come_back(local, local.issued()[0]["account_id"], "email_confirmation")
    assert len(local.issued()) == 1
    assert [row["bounced_email"] for row in local.harness.rows("account")] == [None]


def test_credentials_that_came_back_leave_again_by_letter_once(world: Any) -> None:
    world.register()
    first = world.issued()[0]
    # Another Caf's number of the same organisation does not say where they leave for.
    world.register("56900000700001", version=9, address=["M IVAN INTRUS", "56100 LORIENT"])
    for template in ("login", "provisional_password"):
        come_back(world, first["account_id"], template)
    _, second = world.issued()
    assert (second["channel"], second["purpose"], second["user_number"]) == ("letter", "reissue", "35900007090001")
    assert second["address"] == ["REGIE DES LICES", "12 PLACE DES LICES", "35000 RENNES"]
    assert world.browser().sign_in(first["login"], first["password"]) == "/compte/connexion"
    browser = world.browser()
    assert browser.sign_in(second["login"], second["password"]) == "/compte/premiere-connexion/informations"
    assert [row["kind"] for row in world.harness.rows("security_event")].count("email.bounced") == 1


def test_nothing_is_sent_again_to_the_address_that_refused(local: Any) -> None:
    local.register()
    come_back(local, local.issued()[0]["account_id"], "login")
    with later(days=4):
        local.browser().send("/compte/identifiant-perdu", user_number="35900007090001")
        local.harness.run_job("recoveries")
    assert [sent["channel"] for sent in local.issued()] == ["email", "letter", "letter"]
    local.register(version=2, email="nouvelle@lices.example")
    with later(days=5):
        local.browser().send("/compte/identifiant-perdu", user_number="35900007090001")
        local.harness.run_job("recoveries")
    assert (local.issued()[-1]["channel"], local.issued()[-1]["email"]) == ("email", "nouvelle@lices.example")


def test_credentials_used_meanwhile_are_not_issued_again(local: Any) -> None:
    _, sent = local.activated()
    come_back(local, sent["account_id"], "provisional_password")
    assert local.issued() == [sent]


def test_the_person_reads_that_the_address_refuses_messages_until_it_changes(local: Any) -> None:
    browser, sent = local.activated()
    come_back(local, sent["account_id"], "receipt")
    browser.get("/compte/securite")
    assert_page(browser.text)
    assert "nous reviennent" in browser.text
    me = local.harness.headers(sub=sent["account_id"], org=sent["organisation_id"])
    assert local.harness.client.get("/api/identity/v1/me", headers=me).json()["email_refused"] is True
    again = local.browser()
    again.sign_in(sent["login"], local.password)
    again.get("/compte/securite")
    assert "nous reviennent" in again.text


LETTERS = {"email": None}


def test_credentials_that_died_waiting_for_an_address_leave_again_once_the_caf_corrects_it(world: Any) -> None:
    world.register(**LETTERS, address=["RENNES"])
    with later(days=31):
        world.register(version=2, **LETTERS, address=["12 PLACE DES LICES", "35000 RENNES"])
        first, second = world.issued()
        assert (second["purpose"], second["channel"], second["address"][-1]) == ("reissue", "letter", "35000 RENNES")
        assert first["password"] != second["password"]


def test_a_correction_issues_nothing_while_the_password_lives_nor_once_the_account_is_opened(local: Any) -> None:
    local.register(**LETTERS, address=["RENNES"])
    local.register(version=2, **LETTERS, address=["LE BOURG", "35000 RENNES"])
    assert len(local.issued()) == 1
    sent = local.issued()[0]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.complete()
    with later(days=40):
        local.register(version=3, **LETTERS, address=["LE HAUT BOURG", "35000 RENNES"])
    assert len(local.issued()) == 1


def test_what_changes_no_address_issues_nothing(local: Any) -> None:
    local.register(**LETTERS)
    with later(days=31):
        local.register(version=2, **LETTERS, name="RÉGIE DES LICES")
    assert len(local.issued()) == 1
