"""From the consents to the closing: what is asked again, who follows whom, what a closed account opens."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from chassis import clock, ids
from identity.domain.consents import TEXTS, Text
from identity.domain.first_sign_in import Step, mermaid
from jinja2 import ChoiceLoader, DictLoader
from webui.testing import assert_page

ASKED = "habilitation.credentials_requested.v1"
FIRST = "/compte/premiere-connexion/"


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


def colleague(world: Any, organisation: Any, email: str = "n.legoff@lices.example") -> str:
    """A user whom the administrator has created; the account's identifier."""
    account_id = str(ids.new_id())
    data = {"account_id": account_id, "organisation_id": str(organisation), "caf_code": None}
    person = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": email}
    world.harness.deliver("habilitation.user_created.v1", data, person)
    return account_id


def role(world: Any, account_id: str, organisation: Any, name: str, version: int) -> None:
    data = {
        "account_id": account_id,
        "organisation_id": str(organisation),
        "role": name,
        "scopes": [],
        "active": True,
        "version": version,
    }
    world.harness.deliver("habilitation.access_changed.v1", data)


def withdraw(world: Any, account_id: str, organisation: Any) -> None:
    data = {
        "account_id": account_id,
        "organisation_id": str(organisation),
        "withdrawn_by": str(ids.new_id()),
        "withdrawn_at": clock.iso(clock.now()),
    }
    world.harness.deliver("habilitation.user_withdrawn.v1", data)


def account(world: Any, account_id: str) -> dict[str, Any]:
    return next(row for row in world.harness.rows("account") if str(row["id"]) == account_id)


@pytest.fixture
def second_rules(local: Any, monkeypatch: pytest.MonkeyPatch) -> date:
    """The usage rules in a second version, published in ten days."""
    day = clock.today() + timedelta(days=10)
    first = TEXTS[Step.USAGE_RULES][0]
    monkeypatch.setitem(TEXTS, Step.USAGE_RULES, (first, Text(2, day, "Règles d’usage")))
    page = '<p class="govuk-body">Seconde version.</p>'
    second = DictLoader({"compte/textes/usage_rules_v2.html": page})
    monkeypatch.setattr(local.app, "jinja_loader", ChoiceLoader([local.app.jinja_loader, second]))
    local.app.jinja_env.cache.clear()
    return day


def test_a_new_version_is_asked_of_everybody_at_the_next_sign_in_before_anything_else(
    local: Any, second_rules: date
) -> None:
    _, sent = local.activated()
    assert local.browser().sign_in(sent["login"], local.password) == "/connexion"
    with later(days=10):
        browser = local.browser()
        assert browser.sign_in(sent["login"], local.password) == FIRST + "regles-usage"
        assert browser.get("/compte/securite") == FIRST + "regles-usage"
        assert_page(browser.text)
        assert "Seconde version." in browser.text
        assert "Ce texte a changé" in browser.text
        # The version that was shown counts: an old page cannot accept the new text.
        browser.send(FIRST + "regles-usage", version="1", accepted="y")
        assert browser.status == 422
        assert browser.send(FIRST + "regles-usage", version="2", accepted="y") == "/connexion"
        assert local.browser().sign_in(sent["login"], local.password) == "/connexion"
    kept = {(row["document"], row["document_version"]): row["accepted_at"] for row in local.harness.rows("consent")}
    assert set(kept) == {("usage_rules", 1), ("usage_rules", 2), ("terms", 1)}
    assert kept["usage_rules", 2] - kept["usage_rules", 1] > timedelta(days=9)
    assert len(local.harness.published("identity.account_activated.v1")) == 1


def test_a_text_of_tomorrow_is_not_asked_today(local: Any, second_rules: date) -> None:
    _, sent = local.activated()
    with later(days=8):
        assert local.browser().sign_in(sent["login"], local.password) == "/connexion"


def test_a_provisional_password_serves_no_more_after_five_wrong_tries(world: Any) -> None:
    world.register()
    sent = world.issued()[0]
    for attempt in range(5):
        with later(hours=attempt):
            world.browser().sign_in(sent["login"], "ACDE-FGHJ-KMNP-QRTU-VWXY")
    with later(hours=6):
        browser = world.browser()
        assert browser.sign_in(sent["login"], sent["password"]) == "/compte/connexion"
    assert "trop d’essais" in browser.text
    assert "Je n’arrive pas à me connecter" in browser.text
    assert_page(browser.text)


def test_four_wrong_tries_then_the_right_one_open_the_account(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    for attempt in range(4):
        with later(hours=attempt):
            local.browser().sign_in(sent["login"], "ACDE-FGHJ-KMNP-QRTU-VWXY")
    with later(hours=6):
        assert local.browser().sign_in(sent["login"], sent["password"]) == FIRST + "informations"
        assert local.browser().sign_in(sent["login"], sent["password"]) == FIRST + "informations"


def test_credentials_are_issued_again_to_the_user_and_never_to_who_asks(world: Any) -> None:
    organisation = world.register()
    account_id, administrator = colleague(world, organisation), str(ids.new_id())
    data = {"account_id": account_id, "organisation_id": str(organisation), "requested_by": administrator}
    world.harness.deliver(ASKED, data)
    first, second = [sent for sent in world.issued() if sent["account_id"] == account_id]
    assert (second["purpose"], second["channel"], second["email"]) == ("reissue", "email", "n.legoff@lices.example")
    assert second["login"] == first["login"]
    assert world.browser().sign_in(first["login"], first["password"]) == "/compte/connexion"
    assert world.browser().sign_in(second["login"], second["password"]) == FIRST + "informations"
    [line] = [row for row in world.harness.rows("security_event") if row["details"].get("purpose") == "reissue"]
    assert (line["actor"], str(line["account_id"]), line["kind"]) == (administrator, account_id, "credentials.issued")


def test_nothing_is_issued_for_an_account_of_another_organisation_or_none(local: Any) -> None:
    account_id = colleague(local, local.register())
    before = len(local.issued())
    for stranger in (account_id, str(ids.new_id())):
        data = {"account_id": stranger, "organisation_id": str(ids.new_id()), "requested_by": str(ids.new_id())}
        local.harness.deliver(ASKED, data)
    assert len(local.issued()) == before


def test_the_user_number_recovers_whoever_is_administrator_now(world: Any) -> None:
    browser, sent = world.activated()
    organisation, former = sent["organisation_id"], sent["account_id"]
    assert browser
    role(world, former, organisation, "administrator", 1)
    successor = colleague(world, organisation)
    role(world, successor, organisation, "administrator", 1)
    role(world, former, organisation, "user", 2)
    with later(minutes=6):
        world.browser().send("/compte/identifiant-perdu", user_number="35900007090001")
        world.harness.run_job("recoveries")
    assert world.issued()[-1]["account_id"] == successor
    assert [str(row["id"]) for row in world.harness.rows("account") if row["principal"]] == [successor]


def test_roles_that_arrive_late_or_twice_do_not_bring_the_former_administrator_back(world: Any) -> None:
    _, sent = world.activated()
    organisation, former = sent["organisation_id"], sent["account_id"]
    successor = colleague(world, organisation)
    role(world, successor, organisation, "administrator", 3)
    role(world, former, organisation, "user", 2)
    role(world, former, organisation, "administrator", 1)
    assert [str(row["id"]) for row in world.harness.rows("account") if row["principal"]] == [successor]
    assert account(world, former)["role"] == "user"


def test_a_withdrawn_user_signs_in_no_more_and_is_signed_out_everywhere(world: Any) -> None:
    organisation = world.register()
    account_id = colleague(world, organisation)
    sent, browser = world.issued()[-1], world.browser()
    browser.sign_in(sent["login"], sent["password"])
    assert browser.complete(email="n.legoff@lices.example") == "/connexion"
    withdraw(world, account_id, organisation)
    assert browser.get("/compte/securite") == "/compte/connexion"
    assert world.browser().sign_in(sent["login"], world.password) == "/compte/connexion"
    with later(minutes=6):
        world.browser().send("/compte/mot-de-passe-oublie", email="n.legoff@lices.example")
        world.harness.run_job("recoveries")
    assert world.issued()[-1] == sent
    assert [row["ended_at"] is None for row in world.harness.rows("sign_in_session")] == [False]
    withdraw(world, account_id, organisation)
    closed = [row for row in world.harness.rows("security_event") if row["kind"] == "account.closed"]
    assert len(closed) == 1


def test_a_user_withdrawn_before_signing_in_cannot_use_the_password_that_was_sent(local: Any) -> None:
    organisation = local.register()
    account_id = colleague(local, organisation)
    sent = local.issued()[-1]
    withdraw(local, account_id, organisation)
    assert local.browser().sign_in(sent["login"], sent["password"]) == "/compte/connexion"
    data = {"account_id": account_id, "organisation_id": str(organisation), "requested_by": str(ids.new_id())}
    local.harness.deliver(ASKED, data)
    assert local.issued()[-1] == sent


def test_the_email_of_a_closed_account_serves_another(world: Any) -> None:
    organisation = world.register()
    account_id = colleague(world, organisation)
    first = world.issued()[-1]
    browser = world.browser()
    browser.sign_in(first["login"], first["password"])
    browser.complete(email="n.legoff@lices.example")
    withdraw(world, account_id, organisation)
    again = colleague(world, organisation)
    second, browser = world.issued()[-1], world.browser()
    assert second["account_id"] == again
    browser.sign_in(second["login"], second["password"])
    assert browser.complete(email="n.legoff@lices.example") == "/connexion"


def test_who_held_a_closed_account_is_erased_after_the_delay_and_the_journal_says_so(world: Any) -> None:
    organisation = world.register()
    account_id = colleague(world, organisation)
    withdraw(world, account_id, organisation)
    with later(days=364):
        world.harness.run_job("erase closed accounts")
        assert account(world, account_id)["last_name"] == "Le Goff"
    with later(days=366):
        world.harness.run_job("erase closed accounts")
        world.harness.run_job("erase closed accounts")
    erased = account(world, account_id)
    assert "Le Goff" not in str(erased)
    assert "legoff" not in str(erased)
    assert erased["erased_at"]
    lines = [row["kind"] for row in world.harness.rows("security_event") if str(row["account_id"]) == account_id]
    assert lines.count("account.erased") == 1


def test_the_documentation_shows_the_table_of_the_first_sign_in() -> None:
    page = Path(__file__).parents[3] / "docs" / "identity.md"
    assert mermaid() in page.read_text(encoding="utf-8")
