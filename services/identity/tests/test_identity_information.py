"""« Mes informations » and the change of e-mail: what must not happen first."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock, ids
from webui.testing import assert_page

HERE, EMAIL, CODE = (
    "/compte/securite/informations",
    "/compte/securite/courriel",
    "/compte/securite/courriel/confirmation",
)
NEW = "nolwenn.legoff@lices.example"
PERSON = {"civility": "M.", "last_name": "Martin", "first_name": "Yann", "function": "Gérant", "telephone": ""}


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


def codes(world: Any) -> list[str]:
    """Those asked for after the one of the first sign-in."""
    return [code for _address, code in world.codes()[1:]]


def notices(world: Any) -> list[tuple[str, str]]:
    told = world.harness.published("identity.security_notice.v1")
    return [(event.data["kind"], event.personal["email"]) for event in told]


def email_of(world: Any, account_id: str) -> str | None:
    rows: dict[str, str | None] = {str(row["id"]): row["email"] for row in world.harness.rows("account")}
    return rows[account_id]


@pytest.mark.parametrize("path", [HERE, EMAIL, CODE])
def test_nobody_opens_it_before_the_end_of_the_first_sign_in(local: Any, path: str) -> None:
    assert local.browser().get(path) == "/compte/connexion"
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    assert browser.get(path) == "/compte/premiere-connexion/informations"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": NEW, "current": "une girafe qui se trompe"}, "pas votre mot de passe actuel"),
        ({"email": "nolwenn@lices.example", "current": None}, "déjà l’adresse de votre compte"),
        ({"email": "nolwenn", "current": None}, "pas la forme d’une adresse"),
    ],
)
def test_no_code_leaves_without_the_password_or_for_no_new_address(local: Any, fields: Any, said: str) -> None:
    browser, _ = local.activated()
    browser.send(EMAIL, **{**fields, "current": fields["current"] or local.password})
    assert browser.status == 422
    assert said in browser.text
    assert_page(browser.text)
    assert not codes(local)


def test_the_address_changes_only_once_the_code_came_back_and_both_addresses_are_told(world: Any) -> None:
    browser, sent = world.activated()
    assert browser.send(EMAIL, email=" Nolwenn.LeGoff@lices.example", current=world.password) == CODE
    assert_page(browser.text)
    assert NEW in browser.text
    assert email_of(world, sent["account_id"]) == "nolwenn@lices.example"
    [code] = codes(world)
    assert code not in str([world.harness.rows(name) for name in ("email_change", "outbox", "security_event")])
    assert browser.send(CODE, code=code.lower().replace("-", " ")) == "/compte/securite"
    assert "adresse courriel est changée" in browser.text
    assert email_of(world, sent["account_id"]) == NEW
    told = [one for one in notices(world) if one[0] == "email_changed"]
    assert told == [("email_changed", "nolwenn@lices.example"), ("email_changed", NEW)]
    changed = world.harness.published("identity.account_changed.v1")[-1]
    assert (changed.personal["email"], changed.data["account_id"]) == (NEW, sent["account_id"])
    assert {row["email"] for row in world.harness.rows("email_change")} == {None}


def test_a_code_serves_once_and_only_for_who_asked(world: Any) -> None:
    browser, _ = world.activated()
    browser.send(EMAIL, email=NEW, current=world.password)
    browser.send(CODE, code=codes(world)[0])
    token = browser.token(EMAIL)
    again = browser.client.post(CODE, data={"csrf_token": token, "code": codes(world)[0]})
    assert again.status_code == 422
    assert "plus valable" in again.text


def test_a_code_is_over_after_an_hour_and_after_another_was_asked(local: Any) -> None:
    browser, sent = local.activated()
    browser.send(EMAIL, email="premiere@lices.example", current=local.password)
    browser.send(EMAIL, email=NEW, current=local.password)
    first, second = codes(local)
    browser.send(CODE, code=first)
    assert browser.status == 422
    token = browser.token(CODE)
    with later(minutes=59):
        browser.get(CODE)
    with later(minutes=61):
        fresh = local.browser()
        fresh.sign_in(sent["login"], local.password)
        answer = fresh.client.post(CODE, data={"csrf_token": fresh.token(EMAIL), "code": second})
        assert answer.status_code == 422
        local.harness.run_job("purge changes of e-mail")
    assert token
    assert email_of(local, sent["account_id"]) == "nolwenn@lices.example"
    assert {row["email"] for row in local.harness.rows("email_change")} == {None}


def test_five_wrong_codes_void_the_right_one(world: Any) -> None:
    browser, sent = world.activated()
    browser.send(EMAIL, email=NEW, current=world.password)
    for _attempt in range(5):
        browser.send(CODE, code="AAAA-AAAA")
        assert browser.status == 422
    token = browser.token(EMAIL)
    browser.client.post(CODE, data={"csrf_token": token, "code": codes(world)[0]})
    assert email_of(world, sent["account_id"]) == "nolwenn@lices.example"


def test_asking_tells_nothing_of_another_account_whose_holder_gets_an_explanation(local: Any) -> None:
    _, first = local.activated()
    other = str(ids.new_id())
    data = {"account_id": other, "organisation_id": first["organisation_id"], "caf_code": None}
    person = {"civility": "M.", "last_name": "Martin", "first_name": "Yann", "email": "yann@lices.example"}
    local.harness.deliver("habilitation.user_created.v1", data, person)
    sent, browser = local.issued()[-1], local.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.complete(email="yann@lices.example")
    shown = []
    for address in ("nolwenn@lices.example", "libre@lices.example"):
        assert browser.send(EMAIL, email=address, current=local.password) == CODE
        shown.append(browser.text.replace(address, "ADRESSE"))
    # The tokens and the minute apart, both pages say the same.
    assert shown[0].split("Un code part")[1][:40] == shown[1].split("Un code part")[1][:40]
    assert [bool(code) for _address, code in local.codes()[-2:]] == [False, True]
    assert email_of(local, other) == "yann@lices.example"


def test_of_two_who_ask_for_one_address_the_first_to_confirm_has_it(world: Any) -> None:
    first, _ = world.activated()
    world.register("22100007090002", kind="natural_person")
    sent, second = world.issued()[-1], world.browser()
    second.sign_in(sent["login"], sent["password"])
    second.complete(email="yann@lices.example")
    for browser in (first, second):
        browser.send(EMAIL, email=NEW, current=world.password)
    asked = [code for _address, code in world.codes()[-2:]]
    assert first.send(CODE, code=asked[0]) == "/compte/securite"
    second.send(CODE, code=asked[1])
    assert second.status == 422
    assert "Un autre compte utilise déjà cette adresse" in second.text
    assert email_of(world, sent["account_id"]) == "yann@lices.example"


def test_messages_to_one_address_are_limited(local: Any) -> None:
    browser, _ = local.activated()
    for _attempt in range(8):
        browser.insist(EMAIL, email=NEW, current=local.password)
    # With that of the first sign-in.
    assert len(local.codes()) == 6
    assert browser.status == 429
    assert_page(browser.text)


def test_what_one_corrects_is_told_to_who_keeps_it_and_journaled_without_its_content(world: Any) -> None:
    browser, sent = world.activated()
    browser.get(HERE)
    assert_page(browser.text)
    assert "Règles d’usage, version 1" in browser.text.replace("\xa0", " ")
    assert browser.send(HERE, **PERSON) == "/compte/securite"
    assert "Vos informations sont à jour" in browser.text
    [event] = world.harness.published("identity.account_changed.v1")
    assert event.data["account_id"] == sent["account_id"]
    assert {name: event.personal[name] for name in ("last_name", "function")} == {
        "last_name": "Martin",
        "function": "Gérant",
    }
    [line] = [row for row in world.harness.rows("security_event") if row["kind"] == "information.corrected"]
    assert set(line["details"]["fields"]) == {"civility", "last_name", "first_name", "function", "telephone"}
    assert "Martin" not in str(line)


def test_saving_without_a_change_tells_nobody(local: Any) -> None:
    browser, _ = local.activated()
    browser.send(HERE, **{name: value for name, value in local.person.items() if name != "email"})
    assert not local.harness.published("identity.account_changed.v1")


@pytest.mark.parametrize(("field", "value"), [("last_name", ""), ("telephone", "bonjour"), ("civility", "Dr")])
def test_a_correction_that_breaks_a_rule_says_which_and_changes_nothing(local: Any, field: str, value: str) -> None:
    browser, _ = local.activated()
    browser.send(HERE, **{**PERSON, field: value})
    assert browser.status == 422
    assert_page(browser.text)
    assert not local.harness.published("identity.account_changed.v1")
