"""What the provider believes of tokens that come back to it: access tokens at userinfo, ID tokens as hints."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from identity.oidc import signing_keys
from joserfc import jwt
from oidc_client import PORTAL, claims_of, refresh, tokens

CONFIRM = "/compte/deconnexion"
ABSENT = object()


def signed(world: Any, token: str, **changes: Any) -> str:
    """The token with other claims, under our own key: what only a fault of ours could issue."""
    claims = {**claims_of(world, token), **changes}
    header = {"alg": "ES256", "typ": "at+jwt"}
    with world.harness.transaction() as session:
        key = signing_keys.signing_key(session)
        return jwt.encode(
            {**header, "kid": key.kid}, {name: one for name, one in claims.items() if one is not ABSENT}, key
        )


def userinfo(world: Any, token: str) -> Any:
    return world.app.test_client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": ABSENT},
        {"iss": "https://elsewhere.example"},
        {"iss": ABSENT},
        {"exp": ABSENT},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": 4102444800},
        {"nbf": "soon"},
        {"sub": ABSENT},
        {"sub": "nobody"},
        {"sid": ABSENT},
        {"sid": "no session"},
        {"sid": 3},
        {"scope": 3},
        {"kind": ABSENT},
    ],
    ids=lambda changes: "-".join(f"{name}:{'' if one is ABSENT else one}" for name, one in changes.items()),
)
def test_userinfo_believes_no_token_with_a_claim_that_is_not_right(local: Any, changes: dict[str, Any]) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)["access_token"]
    assert userinfo(local, signed(local, given)).status_code == 200
    answer = userinfo(local, signed(local, given, **changes))
    assert (answer.status_code, answer.json) in (
        (401, {"error": "invalid_token"}),
        (403, {"error": "insufficient_scope"}),
    )


@pytest.mark.parametrize("scope", [ABSENT, "", "profile", "declarations:read"])
def test_userinfo_is_for_the_scope_openid(local: Any, scope: Any) -> None:
    browser, _ = local.activated()
    answer = userinfo(local, signed(local, tokens(local, browser)["access_token"], scope=scope))
    assert (answer.status_code, answer.json) == (403, {"error": "insufficient_scope"})


def test_introspection_says_no_more_of_such_tokens_than_that_they_are_not_active(local: Any) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)["access_token"]
    for changes in ({"aud": "another"}, {"nbf": 4102444800}, {"exp": ABSENT}, {"sid": "no session"}):
        form = {"token": signed(local, given, **changes)}
        answer = local.app.test_client().post("/oidc/introspect", data=form, headers=PORTAL)
        assert (answer.status_code, answer.json) == (200, {"active": False})


def test_after_a_key_leaked_a_hint_it_signed_asks_the_person_and_then_signs_out(world: Any) -> None:
    browser, _ = world.activated()
    given = tokens(world, browser)
    signing_keys.rotate_now(world.harness.runtime, at_once=True)
    asked = {"id_token_hint": given["id_token"], "post_logout_redirect_uri": "http://localhost:8080/", "state": "z"}
    answer = browser.client.get(f"/oidc/logout?{urlencode(asked)}")
    assert (answer.status_code, answer.location) == (303, CONFIRM)
    assert browser.get("/compte/securite") == "/compte/securite"
    assert browser.send(CONFIRM) == CONFIRM
    assert browser.get("/compte/securite") == "/compte/connexion"
    assert refresh(world, given["refresh_token"]).json["error"] == "invalid_grant"


def test_a_hint_of_another_signer_asks_too_and_one_that_is_no_signed_token_is_an_error(local: Any) -> None:
    browser, _ = local.activated()
    head, body, _signature = tokens(local, browser)["id_token"].split(".")
    foreign = f"{head}.{body}.{base64.urlsafe_b64encode(b'0' * 64).decode().rstrip('=')}"
    assert browser.client.get(f"/oidc/logout?id_token_hint={foreign}").location == CONFIRM
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    for hint in ("rubbish", f"{unsigned}.{body}."):
        assert browser.client.get(f"/oidc/logout?id_token_hint={hint}").status_code == 400
    assert browser.get("/compte/securite") == "/compte/securite"
