"""Accounts made from events: one each, with credentials that only notification can read."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from chassis import clock, ids

PP = {
    "kind": "natural_person",
    "civility": "M.",
    "last_name": "Kerviel",
    "first_name": "Yann",
    "name": "M. Yann Kerviel",
}


def test_a_registered_landlord_receives_one_login_and_one_provisional_password(world: Any) -> None:
    organisation = world.register()
    [sent] = world.issued()
    assert (sent["channel"], sent["purpose"], sent["user_number"]) == ("email", "creation", "35900007090001")
    assert (sent["organisation_id"], sent["email"]) == (str(organisation), "gestion@lices.example")
    hours = (clock.parse(sent["expires_at"]) - clock.now()).total_seconds() / 3600
    assert 71 < hours <= 72


def test_without_a_known_email_the_credentials_leave_by_letter_for_30_days(world: Any) -> None:
    world.register(email=None)
    [sent] = world.issued()
    assert (sent["channel"], sent["email"]) == ("letter", None)
    assert sent["address"] == ["REGIE DES LICES", "12 PLACE DES LICES", "35000 RENNES"]
    assert 29 < (clock.parse(sent["expires_at"]) - clock.now()).days + 1 <= 30


@pytest.mark.usefixtures("costly_hashes")
def test_neither_login_nor_password_can_be_read_in_the_event_or_in_the_tables(world: Any) -> None:
    world.register()
    [sent] = world.issued()
    rows = [row for name in world.harness.runtime.service.metadata.tables for row in world.harness.rows(name)]
    assert sent["password"] not in str(rows)
    assert sent["password"].replace("-", "") not in str(rows)
    envelope = world.harness.rows("outbox")[0]["envelope"]
    assert sent["login"] not in envelope
    assert "lices" not in envelope
    stored = world.harness.rows("credential")[0]["password_hash"]
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(stored, sent["password"])


def test_a_legal_person_seen_again_at_another_caf_gets_no_second_account(world: Any) -> None:
    first = world.register("35900007090001")
    assert world.register("22100007090002") == first
    assert len(world.harness.rows("account")) == 1
    assert len(world.issued()) == 1
    assert {row["number"] for row in world.harness.rows("user_number")} == {"35900007090001", "22100007090002"}


def test_a_natural_person_has_one_account_per_departement(world: Any) -> None:
    world.register("35900007090001", **PP)
    world.register("22100007090002", **PP)
    accounts = world.harness.rows("account")
    assert {(row["caf_code"], row["last_name"]) for row in accounts} == {("359", "Kerviel"), ("221", "Kerviel")}
    assert len({sent["login"] for sent in world.issued()}) == 2


def test_the_same_landlord_registered_again_changes_only_how_the_caf_reaches_it(world: Any) -> None:
    world.register()
    world.register(version=3, email="nouvelle@lices.example")
    world.register(version=2, email="ancienne@lices.example")
    assert len(world.issued()) == 1
    assert world.harness.rows("user_number")[0]["email"] == "nouvelle@lices.example"


def test_a_user_created_by_an_administrator_keeps_the_identifier_given_and_is_written_to_at_once(world: Any) -> None:
    account_id = ids.new_id()
    data = {"account_id": str(account_id), "organisation_id": str(ids.new_id()), "caf_code": None}
    person = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "N.LeGoff@lices.example"}
    world.harness.deliver("habilitation.user_created.v1", data, person)
    world.harness.deliver("habilitation.user_created.v1", data, person)
    [sent] = world.issued()
    assert (sent["account_id"], sent["channel"], sent["email"]) == (str(account_id), "email", "n.legoff@lices.example")
    assert sent["name"] == "Nolwenn Le Goff"


def test_messages_are_of_the_caf_that_registered_the_landlord_whatever_the_digits_of_the_number(world: Any) -> None:
    world.register("35900007090001", caf_code="220")
    [sent] = world.issued()
    assert (sent["user_number"], sent["caf_code"]) == ("35900007090001", "220")


def test_a_second_caf_of_an_organisation_is_named_where_its_own_number_is_meant(world: Any) -> None:
    world.register("35900007090001", caf_code="220")
    world.register("35900007090002", caf_code="359")
    world.browser().send("/compte/identifiant-perdu", user_number="35900007090001")
    world.harness.run_job("recoveries")
    assert [sent["caf_code"] for sent in world.issued()] == ["220", "220"]


def test_a_notice_to_an_organisation_is_of_the_caf_that_made_its_account(world: Any) -> None:
    browser, _ = world.activated(caf_code="220")
    world.register("35900007090002", caf_code="359")
    browser.send("/compte/identifiant-perdu", user_number="35900007090001")
    world.harness.run_job("recoveries")
    [notice] = [
        event
        for event in world.harness.published("identity.security_notice.v1")
        if event.data["kind"] == "recovery_requested"
    ]
    assert notice.data["caf_code"] == "220"


def test_an_event_of_another_caf_for_a_known_number_changes_nothing(world: Any) -> None:
    world.register("35900007090001", **PP)
    before = {name: world.harness.rows(name) for name in ("user_number", "account")}
    world.register("35900007090001", caf_code="569", version=9, email="intrus@ailleurs.example", **PP)
    world.register("35900007090001", caf_code="569", version=9, email="intrus@ailleurs.example")
    assert {name: world.harness.rows(name) for name in before} == before
    assert len(world.issued()) == 1


def test_a_landlord_that_a_supervisor_moved_is_the_other_cafs_and_reached_by_it(world: Any) -> None:
    world.register("35900007090001", **PP)
    moved = {**PP, "caf_code": "569", "version": 2, "moves": 1, "email": "zoe@ailleurs.example"}
    landlord_id = str(world.harness.rows("user_number")[0]["landlord_id"])
    world.register("35900007090001", landlord_id=landlord_id, **moved)
    assert [row["caf_code"] for row in world.harness.rows("user_number")] == ["569"]
    [account] = world.harness.rows("account")
    assert (account["caf_code"], account["registry_caf"]) == ("569", "569")
    assert len(world.issued()) == 1
    # What the former Caf told before comes late.
    world.register("35900007090001", **{**moved, "caf_code": "359", "version": 3, "moves": 0})
    assert [row["caf_code"] for row in world.harness.rows("user_number")] == ["569"]


def test_a_number_moved_to_another_company_has_that_ones_account(world: Any) -> None:
    world.register()
    other = str(ids.organisation_id(siret="44306184100047"))
    world.register(organisation_id=other, version=2)
    assert len(world.issued()) == 1
    world.register(organisation_id=other, version=2, moves=1)
    assert [str(row["organisation_id"]) for row in world.harness.rows("user_number")] == [other]
    assert len({sent["login"] for sent in world.issued()}) == 2
