"""The OpenID provider against the attacks it must stop, then the flow it must serve."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from chassis import clock
from chassis.auth import KeySource, verify
from chassis.keys import unb64
from chassis.problems import Unauthorized
from identity.oidc import signing_keys
from oidc_client import CALLBACK, LOOPBACK, PORTAL, answered, authorize, claims_of, code_of, redeem, refresh, tokens


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://attacker.example/retour"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"redirect_uri": None},
        {"client_id": "unknown"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1.attacker.example:80/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://x@127.0.0.1:80/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1:80/other"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1:0/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1:00080/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1:65536/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1:/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "HTTP://127.0.0.1:80/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": " http://127.0.0.1:80/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1:80/callback "},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.1:80/callback#"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://localhost:80/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "http://127.0.0.2:80/callback"},
        {"client_id": "bailleurs-cli", "redirect_uri": "https://127.0.0.1:80/callback"},
        {"redirect_uri": "HTTP://localhost:8080/connexion/retour"},
        {"redirect_uri": " " + CALLBACK},
        {"redirect_uri": CALLBACK.replace("8080", "8081")},
    ],
)
def test_an_address_that_is_not_registered_is_never_redirected_to(local: Any, changes: dict[str, str | None]) -> None:
    browser, _ = local.activated()
    answer = authorize(browser, **changes)
    assert (answer.status_code, answer.location) == (400, None)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
    ],
)
def test_a_request_without_s256_or_with_another_flow_gives_no_code(
    local: Any, changes: dict[str, str | None], error: str
) -> None:
    browser, _ = local.activated()
    answer = answered(authorize(browser, **changes).location)
    assert answer["error"] == error
    assert answer["iss"] == "http://localhost:8080"
    assert "code" not in answer


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        ({}, {}),
        ({}, {"client_id": "portal"}),
        ({"Authorization": "Basic " + b64encode(b"portal:wrong").decode()}, {}),
        ({}, {"client_id": "portal", "client_secret": "portal-secret"}),
        ({}, {"client_id": "bailleurs-cli"}),
        (None, {"code_verifier": "w" * 64}),
        (None, {"code_verifier": ""}),
        (None, {"redirect_uri": LOOPBACK}),
    ],
)
def test_a_code_is_worth_nothing_without_its_client_its_verifier_and_its_address(
    local: Any, headers: dict[str, str] | None, changes: dict[str, str]
) -> None:
    browser, _ = local.activated()
    answer = redeem(local, code_of(browser), headers, **changes)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.json


def test_a_client_whose_secret_is_not_configured_cannot_sign_in_with_an_empty_one(
    local: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _ = local.activated()
    provider = local.app.extensions["oidc"]
    portal = provider.clients["portal"]
    monkeypatch.setitem(provider.clients, "portal", type(portal)(**{**vars(portal), "secret": ""}))
    empty = {"Authorization": "Basic " + b64encode(b"portal:").decode()}
    assert redeem(local, code_of(browser), empty).status_code == 401


def test_of_twenty_who_redeem_one_code_together_one_is_served_and_then_loses_its_refresh_token(world: Any) -> None:
    browser, _ = world.activated()
    code = code_of(browser)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: redeem(world, code), range(20)))
    served = [answer for answer in answers if answer.status_code == 200]
    assert len(served) == 1
    assert {answer.json["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
    assert refresh(world, served[0].json["refresh_token"]).json["error"] == "invalid_grant"


def test_a_code_expires_after_a_minute(local: Any) -> None:
    browser, _ = local.activated()
    code = code_of(browser)
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert redeem(local, code).json["error"] == "invalid_grant"


def test_a_refresh_token_used_twice_takes_its_whole_family_with_it(world: Any) -> None:
    browser, _ = world.activated()
    first = tokens(world, browser)["refresh_token"]
    second = refresh(world, first).json["refresh_token"]
    assert second != first
    with time_machine.travel(clock.now() + timedelta(seconds=11)):
        assert refresh(world, first).json["error"] == "invalid_grant"
        assert refresh(world, second).json["error"] == "invalid_grant"
    assert world.harness.rows("token_family")[0]["revocation_reason"] == "refresh_reused"


def test_a_double_click_gets_the_same_successor_and_the_chain_does_not_fork(world: Any) -> None:
    browser, _ = world.activated()
    first = tokens(world, browser)["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(world, first), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert len(world.harness.rows("refresh_token")) == 2


def test_a_late_double_click_after_the_successor_was_used_is_a_reuse(local: Any) -> None:
    browser, _ = local.activated()
    first = tokens(local, browser)["refresh_token"]
    second = refresh(local, first).json["refresh_token"]
    third = refresh(local, second).json["refresh_token"]
    assert refresh(local, first).json["error"] == "invalid_grant"
    assert refresh(local, third).json["error"] == "invalid_grant"


def test_a_refresh_token_serves_its_own_client_only_and_cannot_grow_its_scope(local: Any) -> None:
    browser, _ = local.activated()
    mine = tokens(local, browser)["refresh_token"]
    assert refresh(local, mine, {}, client_id="bailleurs-cli").json["error"] == "invalid_grant"
    assert refresh(local, mine, scope="openid everything").json["error"] == "invalid_scope"


def test_no_code_and_no_refresh_token_is_kept_in_clear(local: Any) -> None:
    browser, _ = local.activated()
    code = code_of(browser)
    given = redeem(local, code).json
    following = refresh(local, given["refresh_token"]).json["refresh_token"]
    rows = str([local.harness.rows(name) for name in local.harness.runtime.service.metadata.tables])
    assert not [secret for secret in (code, given["refresh_token"], following, given["access_token"]) if secret in rows]


def test_signing_out_ends_the_tokens_of_that_session(local: Any) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)
    browser.send("/compte/deconnexion")
    assert refresh(local, given["refresh_token"]).json["error"] == "invalid_grant"
    asked = local.app.test_client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"})
    assert asked.status_code == 401


def test_an_id_token_is_no_access_token(local: Any) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)
    asked = local.app.test_client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {given['id_token']}"})
    assert asked.status_code == 401
    source = KeySource(lambda: signing_keys.public_jwks(local.harness.runtime))
    source.refresh()
    with pytest.raises(Unauthorized):
        verify(given["id_token"], source, local.harness.runtime.settings)


def test_a_session_that_has_not_finished_the_first_sign_in_gets_no_code(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    answer = authorize(browser)
    assert (answer.status_code, answer.location) == (303, "/compte/premiere-connexion/informations")
    assert answered(authorize(browser, prompt="none").location)["error"] == "login_required"


def test_the_tokens_say_who_and_never_the_perimeter(world: Any) -> None:
    browser, sent = world.activated()
    given = tokens(world, browser)
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 300)
    header = json.loads(_part(given["access_token"], 0))
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    access = claims_of(world, given["access_token"])
    assert set(access) == {
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "jti",
        "client_id",
        "scope",
        "auth_time",
        "amr",
        "kind",
        "org",
        "supervisor",
        "sid",
    }
    assert (access["aud"], access["sub"], access["org"], access["amr"]) == (
        "bailleurs",
        sent["account_id"],
        sent["organisation_id"],
        ["pwd"],
    )
    assert access["exp"] - access["iat"] == 300
    identity = claims_of(world, given["id_token"])
    assert (identity["aud"], identity["nonce"], identity["sid"]) == ("portal", "n1", access["sid"])
    assert (identity["given_name"], identity["email"]) == ("Nolwenn", "nolwenn@lices.example")
    later = claims_of(world, refresh(world, given["refresh_token"]).json["id_token"])
    assert later["auth_time"] == identity["auth_time"]


def test_every_service_accepts_the_access_token_as_the_chassis_verifies_it(local: Any) -> None:
    browser, sent = local.activated()
    source = KeySource(lambda: signing_keys.public_jwks(local.harness.runtime))
    source.refresh()
    claims = verify(tokens(local, browser)["access_token"], source, local.harness.runtime.settings)
    assert claims["sub"] == sent["account_id"]


def test_signing_in_leads_back_to_the_client_that_asked(local: Any) -> None:
    _, sent = local.activated()
    browser = local.browser()
    assert authorize(browser).location == "/compte/connexion"
    resumed = browser.sign_in(sent["login"], local.password)
    assert answered(browser.client.get(resumed).location).keys() == {"code", "state", "iss"}


def test_a_program_on_the_persons_machine_signs_in_through_any_loopback_port(local: Any) -> None:
    _, sent = local.activated()
    browser = local.browser()
    asked = {"client_id": "bailleurs-cli", "redirect_uri": LOOPBACK}
    authorize(browser, **asked)
    page = browser.client.get("/compte/connexion")
    assert "form-action 'self' http://127.0.0.1:*" in page.headers["Content-Security-Policy"]
    location = browser.client.get(browser.sign_in(sent["login"], local.password)).location
    assert location.startswith(LOOPBACK + "?")
    given = redeem(local, answered(location)["code"], {}, client_id="bailleurs-cli", redirect_uri=LOOPBACK)
    assert claims_of(local, given.json["access_token"])["client_id"] == "bailleurs-cli"


def test_a_client_may_ask_for_a_fresh_sign_in_and_gets_it_once(local: Any) -> None:
    browser, sent = local.activated()
    assert authorize(browser, prompt="login").location == "/compte/connexion"
    resumed = browser.sign_in(sent["login"], local.password)
    assert "code" in answered(browser.client.get(resumed).location)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert "code" in answered(authorize(browser, max_age="9" * 300).location)
        assert authorize(browser, max_age="60").location == "/compte/connexion"
        assert "code" in answered(browser.client.get(browser.sign_in(sent["login"], local.password)).location)


def test_a_client_signs_the_person_out_and_gets_them_back_at_its_registered_address(local: Any) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)
    elsewhere = {"id_token_hint": given["id_token"], "post_logout_redirect_uri": "https://attacker.example/"}
    known = {"id_token_hint": given["id_token"], "post_logout_redirect_uri": "http://localhost:8080/", "state": "z"}
    assert browser.client.get("/oidc/logout").location == "/compte/deconnexion"
    assert browser.get("/compte/connexion") == "/connexion"
    assert browser.client.get(f"/oidc/logout?{urlencode(known)}").location == "http://localhost:8080/?state=z"
    assert browser.get("/compte/connexion") == "/compte/connexion"
    assert browser.client.get(f"/oidc/logout?{urlencode(elsewhere)}").location == "/compte/deconnexion"
    assert browser.client.get("/oidc/logout?id_token_hint=rubbish").status_code == 400
    assert refresh(local, given["refresh_token"]).json["error"] == "invalid_grant"


def test_revocation_and_introspection_answer_their_own_client_only(local: Any) -> None:
    browser, _ = local.activated()
    given, client = tokens(local, browser), local.app.test_client()

    def introspect(token: str) -> dict[str, Any]:
        answer: dict[str, Any] = client.post("/oidc/introspect", data={"token": token}, headers=PORTAL).json
        return answer

    assert client.post("/oidc/introspect", data={"token": given["access_token"]}).status_code == 401
    assert introspect(given["access_token"])["active"] is True
    assert introspect(given["refresh_token"])["active"] is True
    assert introspect("rubbish") == {"active": False}
    revoked = client.post("/oidc/revoke", data={"token": given["refresh_token"]}, headers=PORTAL)
    assert revoked.status_code == 200
    assert introspect(given["refresh_token"]) == {"active": False}
    assert refresh(local, given["refresh_token"]).json["error"] == "invalid_grant"


def test_discovery_names_every_address_and_offers_s256_alone(local: Any) -> None:
    found = local.app.test_client().get("/.well-known/openid-configuration").json
    assert found["issuer"] == "http://localhost:8080"
    assert (found["code_challenge_methods_supported"], found["response_types_supported"]) == (["S256"], ["code"])
    for name in ("jwks_uri", "userinfo_endpoint", "end_session_endpoint"):
        path = found[name].removeprefix(found["issuer"])
        assert local.app.test_client().get(path).status_code != 404


def test_keys_are_encrypted_at_rest_and_rotate_without_breaking_a_token(local: Any) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)["access_token"]
    assert '"d"' not in str(local.harness.rows("signing_key"))
    with time_machine.travel(clock.now() + timedelta(days=29, hours=1)):
        local.harness.run_job("rotate signing keys")
        assert len(signing_keys.public_jwks(local.harness.runtime)["keys"]) == 2
        local.harness.run_job("rotate signing keys")
        assert len(local.harness.rows("signing_key")) == 2
    assert claims_of(local, given)["kind"] == "landlord"
    with time_machine.travel(clock.now() + timedelta(days=30, hours=2)), local.harness.runtime.transaction() as session:
        assert signing_keys.signing_key(session).kid != json.loads(_part(given, 0))["kid"]


def _part(token: str, index: int) -> bytes:
    return unb64(token.split(".")[index])


def test_working_in_the_portal_keeps_the_session_awake_and_being_away_ends_it(local: Any) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)["refresh_token"]
    with time_machine.travel(clock.now() + timedelta(minutes=50)):
        refresh(local, given)
    with time_machine.travel(clock.now() + timedelta(minutes=100)):
        assert browser.get("/compte/securite") == "/compte/securite"
    with time_machine.travel(clock.now() + timedelta(minutes=170)):
        assert browser.get("/compte/securite") == "/compte/connexion"
