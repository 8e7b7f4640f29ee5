"""Clients as they are declared: what is wrong stops the start with its line; what each may do is what it declares."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from chassis import clock
from chassis.auth import KeySource, verify
from chassis.keys import b64
from chassis.settings import SettingsError
from identity.models import Suspension
from identity.oidc import signing_keys
from identity.oidc.client_config import load_clients
from identity.oidc.grants import TokenAnswer
from identity.settings import Settings
from identity.supervision import agents
from oidc_client import SCOPE, answered, authorize, claims_of, redeem, tokens

GOOD = """# installation
[logiciel]
name = "Logiciel"
grants = ["authorization_code", "refresh_token"]
scopes = ["openid", "offline_access"]
secret_setting = "BAILLEURS_LOGICIEL_SECRET"
redirect_uris = ["https://logiciel.example/retour"]
"""
MACHINE = """[machine]
name = "Machine"
grants = ["client_credentials"]
scopes = ["declarations:read"]
secret_setting = "BAILLEURS_MACHINE_SECRET"
user_setting = "BAILLEURS_MACHINE_LOGIN"
"""


def settings(tmp_path: Path, text: str, **more: Any) -> Settings:
    file = tmp_path / "clients.toml"
    file.write_text(text, encoding="utf-8")
    return Settings(service="identity", **{"environment": "test", "clients_file": str(file), **more})


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ('name = "Logiciel"', 'nom = "Logiciel"', 3, "« nom » n’est pas connu"),
        ('name = "Logiciel"', "name = 3", 3, "est un texte"),
        ('name = "Logiciel"', "", 2, "« name » manque"),
        ("[logiciel]", "[Logiciel]", 2, "minuscules"),
        ("[logiciel]", "[portal]", 2, "déjà pris"),
        ('"authorization_code", ', '"password", ', 4, "les attributions sont à choisir parmi"),
        ('"authorization_code", ', '"client_credentials", ', 4, "va seul"),
        ('"authorization_code", ', "", 4, "va avec authorization_code"),
        (', "refresh_token"', "", 5, "vont ensemble"),
        ('"openid", ', '"everything", ', 5, "les portées de ce client"),
        ('"openid", ', '"openid", "declarations:read", ', 5, "les portées de ce client"),
        ('["https://logiciel.example/retour"]', "[]", 7, "vont ensemble"),
        ("https://logiciel.example/retour", "http://logiciel.example/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https://*.example/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https://logiciel.example/#x", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https://a@logiciel.example/", 7, "une adresse https"),
        ("https://logiciel.example/retour", "javascript:alert(1)", 7, "une adresse https"),
        ("https://logiciel.example/retour", "http://127.0.0.1:8000/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "HTTPS://logiciel.example/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", " https://logiciel.example/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https://logiciel.example/re tour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https://logiciel.example:0/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https://logiciel.example:65536/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https://logiciel.example:/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "https:///retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "Example.app:/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "example.app://host/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "http://127.0.0.1:0/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "http://127.0.0.2/retour", 7, "une adresse https"),
        ("https://logiciel.example/retour", "http://localhost:8080", 7, "une adresse https"),
        (
            "redirect_uris = [",
            'post_logout_redirect_uris = ["https://x.example:0/"]\nredirect_uris = [',
            7,
            "une adresse https",
        ),
        ('redirect_uris = ["', 'redirect_uris = "', 7, "line 7"),
    ],
)
def test_a_wrong_declaration_is_named_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, said: str
) -> None:
    assert before in GOOD
    with pytest.raises(SettingsError) as raised:
        load_clients(settings(tmp_path, GOOD.replace(before, after)))
    assert said in str(raised.value)
    assert f"ligne {line}," in str(raised.value) or f"line {line}" in str(raised.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('user_setting = "BAILLEURS_MACHINE_LOGIN"\n', "", "demande secret_setting et user_setting"),
        ('secret_setting = "BAILLEURS_MACHINE_SECRET"\n', "", "demande secret_setting et user_setting"),
        ("declarations:read", "openid", "les portées de ce client"),
        ('user_setting = "', 'redirect_uris = ["https://x.example/"]\nuser_setting = "', "vont ensemble"),
    ],
)
def test_a_program_without_person_has_a_secret_an_account_and_scopes_of_its_own(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load_clients(settings(tmp_path, MACHINE.replace(before, after)))


@pytest.mark.parametrize(
    "address",
    [
        "https://logiciel.example",
        "https://logiciel.example:8443/retour?origine=1",
        "http://127.0.0.1/retour",
        "example.app:/retour",
        "example.app:///retour",
        "{public_url}/retour",
    ],
)
def test_an_address_that_is_well_written_may_be_declared(tmp_path: Path, address: str) -> None:
    declared = load_clients(settings(tmp_path, GOOD.replace("https://logiciel.example/retour", address)))
    assert declared["logiciel"].redirect_uris == (address.replace("{public_url}", "http://localhost:8080"),)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ne se lit pas"):
        load_clients(settings(tmp_path, GOOD, clients_file=str(tmp_path / "none.toml")))


def test_in_production_a_secret_is_there_and_long_and_the_examples_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = {
        "environment": "production",
        "public_url": "https://bailleurs.example",
        "identity_key": b64(b"k" * 32),
        "portal_client_secret": "p" * 32,
    }
    with pytest.raises(SettingsError, match="ligne 6, client « logiciel » : BAILLEURS_LOGICIEL_SECRET manque"):
        load_clients(settings(tmp_path, GOOD, **production))
    monkeypatch.setenv("BAILLEURS_LOGICIEL_SECRET", "short")
    with pytest.raises(SettingsError, match="32 signes"):
        load_clients(settings(tmp_path, GOOD, **production))
    monkeypatch.setenv("BAILLEURS_LOGICIEL_SECRET", "s" * 32)
    found = load_clients(settings(tmp_path, GOOD, **production))
    assert sorted(found) == ["bailleurs-cli", "logiciel", "portal"]
    with pytest.raises(SettingsError, match="client « portal »"):
        load_clients(settings(tmp_path, GOOD, **production | {"portal_client_secret": "p"}))
    monkeypatch.setenv("BAILLEURS_MACHINE_SECRET", "s" * 32)
    with pytest.raises(SettingsError, match="BAILLEURS_MACHINE_LOGIN manque"):
        load_clients(settings(tmp_path, MACHINE, **production))


def in_production(public_url: str) -> Settings:
    return Settings(
        service="identity",
        environment="production",
        public_url=public_url,
        identity_key="k",
        portal_client_secret="s",
    )


@pytest.mark.parametrize("value", ["1", "true", "on"])
def test_production_refuses_to_show_the_program_to_visitors(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("FLASK_DEBUG", value)
    with pytest.raises(SettingsError, match="FLASK_DEBUG"):
        in_production("https://bailleurs.example")


def test_production_refuses_an_address_without_tls() -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        in_production("http://bailleurs.example")


def test_a_client_gets_the_scopes_it_asks_for_and_all_of_its_own_when_it_asks_for_none(local: Any) -> None:
    browser, _ = local.activated()

    def given(**changes: str | None) -> TokenAnswer:
        code = answered(authorize(browser, **changes).location)["code"]
        answer: TokenAnswer = redeem(local, code).json
        return answer

    assert set(given(scope=None)["scope"].split()) == set(SCOPE.split())
    little = given(scope="openid")
    assert little["scope"] == "openid"
    assert "refresh_token" not in little
    assert {"email", "name"}.isdisjoint(claims_of(local, little["id_token"]))


def test_a_client_whose_name_needs_encoding_proves_itself_as_the_rfc_writes_it(local: Any) -> None:
    """RFC 6749 §2.3.1: both are form-encoded before they are put in the header; certified clients do it."""
    browser, _ = local.activated()
    given = tokens(local, browser)["refresh_token"]
    encoded = {"Authorization": "Basic " + b64encode(b"portal:portal%2Dsecret").decode()}
    form = {"grant_type": "refresh_token", "refresh_token": given}
    assert local.app.test_client().post("/oidc/token", data=form, headers=encoded).status_code == 200


def test_a_mobile_application_signs_in_and_comes_back_by_its_own_scheme(local: Any) -> None:
    _, sent = local.activated()
    browser = local.browser()
    mobile = {"client_id": "exemple-mobile", "redirect_uri": "example.bailleurs.mobile:/retour"}
    authorize(browser, **mobile)
    policy = browser.client.get("/compte/connexion").headers["Content-Security-Policy"]
    assert "form-action 'self' example.bailleurs.mobile:;" in policy
    location = browser.client.get(browser.sign_in(sent["login"], local.password)).location
    assert location.startswith("example.bailleurs.mobile:/retour?code=")
    assert redeem(local, answered(location)["code"], {}, **mobile).status_code == 200


class TestPrograms:
    @pytest.fixture(autouse=True)
    def secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BAILLEURS_EXAMPLE_INTEGRATOR_SECRET", "integrator-secret")

    def ask(self, world: Any, **changes: str) -> Any:
        headers = {"Authorization": "Basic " + b64encode(b"exemple-integrateur:integrator-secret").decode()}
        form = {"grant_type": "client_credentials", **changes}
        return world.app.test_client().post("/oidc/token", data=form, headers=headers)

    def remake(self, world: Any, monkeypatch: pytest.MonkeyPatch, login: str) -> None:
        monkeypatch.setenv("BAILLEURS_EXAMPLE_INTEGRATOR_LOGIN", login)
        world.build_pages()

    def test_without_an_account_of_a_landlord_it_gets_nothing(self, local: Any, monkeypatch: Any) -> None:

        agents.add(local.harness.runtime, login="DUPONT", caf_code="359", email="dupont@caf.example")
        for login in ("", "NOBODY", "DUPONT"):
            self.remake(local, monkeypatch, login)
            answer = self.ask(local)
            assert (answer.status_code, answer.json["error"]) == (400, "unauthorized_client")

    def test_it_gets_no_more_than_its_scopes_and_neither_identity_nor_refresh(
        self, world: Any, monkeypatch: Any
    ) -> None:
        world.register()
        sent = world.issued()[0]
        self.remake(world, monkeypatch, sent["login"])
        assert self.ask(world, scope="openid").json["error"] == "invalid_scope"
        assert self.ask(world, scope="declarations:read openid").json["error"] == "invalid_scope"
        given = self.ask(world).json
        assert set(given) == {"access_token", "expires_in", "scope", "token_type"}
        claims = claims_of(world, given["access_token"])
        assert (claims["sub"], claims["org"], claims["scope"], claims["client_id"]) == (
            sent["account_id"],
            sent["organisation_id"],
            "declarations:read",
            "exemple-integrateur",
        )
        assert {"sid", "auth_time", "amr", "email"}.isdisjoint(claims)
        source = KeySource(lambda: signing_keys.public_jwks(world.harness.runtime))
        source.refresh()
        assert verify(given["access_token"], source, world.harness.runtime.settings)["sub"] == sent["account_id"]
        answer = world.app.test_client().get(
            "/oidc/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"}
        )
        assert (answer.status_code, answer.json["error"]) == (403, "insufficient_scope")

    def test_a_suspended_account_or_organisation_stops_its_programs(self, local: Any, monkeypatch: Any) -> None:
        organisation = local.register()
        sent = local.issued()[0]
        self.remake(local, monkeypatch, sent["login"])
        given = self.ask(local).json["access_token"]
        with local.harness.transaction() as session:
            session.add(Suspension(organisation_id=organisation, started_at=clock.now()))
        assert self.ask(local).json["error"] == "unauthorized_client"
        headers = {"Authorization": f"Bearer {given}"}
        assert local.app.test_client().get("/oidc/userinfo", headers=headers).status_code == 401
