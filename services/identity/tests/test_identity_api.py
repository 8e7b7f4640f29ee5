"""The API, the command's agents, and what start-up refuses."""

from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from chassis.problems import Conflict, Invalid
from chassis.settings import SettingsError
from chassis.testing import schema
from identity.settings import Settings
from identity.supervision import agents

BASE = "/api/identity/v1"


@pytest.mark.parametrize(("method", "path"), [("get", "/me"), ("get", "/me/sessions"), ("delete", "/me/sessions")])
def test_nobody_reads_or_ends_anything_without_a_token(local: Any, method: str, path: str) -> None:
    assert getattr(local.harness.client, method)(BASE + path).status_code == 401


def test_one_sees_and_ends_ones_own_sessions_only(world: Any) -> None:
    browser, sent = world.activated()
    world.browser().sign_in(sent["login"], world.password)
    stranger = world.harness.headers(sub=ids.new_id(), org=ids.new_id())
    assert world.harness.client.get(f"{BASE}/me", headers=stranger).status_code == 404
    assert world.harness.client.get(f"{BASE}/me/sessions", headers=stranger).json() == {"items": []}
    assert world.harness.client.delete(f"{BASE}/me/sessions", headers=stranger).status_code == 401
    assert browser.get("/compte/connexion") == "/connexion"


def test_ending_the_other_sessions_keeps_the_one_that_asks(world: Any) -> None:
    browser, sent = world.activated()
    other = world.browser()
    other.sign_in(sent["login"], world.password)
    mine = {row["id"] for row in world.harness.rows("sign_in_session") if row["browser"]}
    assert len(mine) == 2
    with world.harness.transaction():
        kept = min(mine)
    me = world.harness.headers(sub=UUID(sent["account_id"]), org=UUID(sent["organisation_id"]), sid=kept)
    listed = world.harness.client.get(f"{BASE}/me/sessions", headers=me).json()["items"]
    assert [(item["id"] == str(kept)) == item["current"] for item in listed] == [True, True]
    assert world.harness.client.delete(f"{BASE}/me/sessions", headers=me).json() == {"ended": 1}
    assert browser.get("/compte/connexion") == "/connexion"
    assert other.get("/compte/connexion") == "/compte/connexion"


def test_my_account_shows_what_i_gave_at_first_sign_in(world: Any) -> None:
    _, sent = world.activated()
    me = world.harness.headers(sub=UUID(sent["account_id"]), org=UUID(sent["organisation_id"]))
    shown = world.harness.client.get(f"{BASE}/me", headers=me).json()
    assert (shown["login"], shown["last_name"], shown["telephone"]) == (sent["login"], "Le Goff", "0299000000")
    assert shown["activated_at"].endswith("Z")


def test_an_agent_signs_in_like_everybody_and_the_tokens_name_their_caf(local: Any) -> None:
    password = agents.add(local.harness.runtime, login="agent-dupont", caf_code="359", email="dupont@caf.example")
    browser = local.browser()
    assert browser.sign_in("Agent-Dupont", password) == "/compte/premiere-connexion/informations"
    browser.complete(email="dupont@caf.example")
    [event] = local.harness.published("identity.account_activated.v1")
    assert (event.data["kind"], event.data["caf_code"], event.data["organisation_id"]) == ("agent", "359", None)
    assert not local.issued()


def test_an_agent_s_login_is_taken_once_and_the_email_must_be_one(local: Any) -> None:
    agents.add(local.harness.runtime, login="DUPONT", caf_code="359", email="dupont@caf.example")
    with pytest.raises(Conflict):
        agents.add(local.harness.runtime, login="dupont", caf_code="359", email="autre@caf.example")
    with pytest.raises(Invalid):
        agents.add(local.harness.runtime, login="DURAND", caf_code="359", email="durand")
    # A login is often the agent's name.
    assert "DUPONT" not in str(local.harness.rows("security_event"))


def test_everything_a_person_does_leaves_a_line_in_the_journal_without_personal_data(local: Any) -> None:
    local.activated()
    lines = local.harness.rows("security_event")
    assert [line["kind"] for line in lines] == [
        "credentials.issued",
        "sign_in.provisional_accepted",
        "email.change_asked",
        "first_sign_in.information",
        "first_sign_in.password",
        "first_sign_in.consent",
        "first_sign_in.consent",
        "email.confirmed",
        "account.activated",
    ]
    assert "lices" not in str(lines)
    assert local.password not in str(lines)


def test_the_migrations_make_the_tables_of_the_models(world: Any) -> None:
    assert schema.differences(world.harness.runtime) == []


def in_production(**changes: Any) -> Settings:
    given = {"identity_key": "k", "portal_client_secret": "s", "public_url": "https://bailleurs.example"}
    return Settings(service="identity", environment="production", **(given | changes))


@pytest.mark.parametrize("missing", ["identity_key", "portal_client_secret"])
def test_production_refuses_to_start_without_its_secrets(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing.upper()):
        in_production(**{missing: ""})


def test_production_refuses_the_setting_that_lets_tokens_travel_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    in_production()
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with pytest.raises(SettingsError, match="AUTHLIB_INSECURE_TRANSPORT"):
        in_production()
