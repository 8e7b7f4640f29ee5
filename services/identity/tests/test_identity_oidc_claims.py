"""/oidc/userinfo and a token of ours without one of its claims, or with one of another form: never a fault of ours."""

from typing import Any

import pytest
from identity.oidc import signing_keys
from joserfc import jwt
from oidc_client import claims_of, tokens

# Without them nobody knows who calls, for whom the token is, until when, or in which session.
REQUIRED = {"iss", "aud", "sub", "exp", "kind", "sid"}
CLAIMS = REQUIRED | {"iat", "jti", "client_id", "auth_time", "amr", "org", "supervisor", "scope"}
ODD: tuple[Any, ...] = (None, 7, "", "x", "\0", "9" * 5000, [], [7], {}, {"a": []})


def signed(world: Any, claims: dict[str, Any]) -> str:
    with world.harness.transaction() as session:
        key = signing_keys.signing_key(session)
    return str(jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, claims, key))


@pytest.fixture
def given(world: Any) -> dict[str, Any]:
    browser, _ = world.activated()
    return claims_of(world, tokens(world, browser)["access_token"])


def asked(world: Any, claims: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {signed(world, claims)}"}
    return int(world.app.test_client().get("/oidc/userinfo", headers=headers).status_code)


def test_a_token_without_one_of_its_claims_is_refused_where_the_claim_is_needed(
    world: Any, given: dict[str, Any]
) -> None:
    assert set(given) == CLAIMS, "a new claim is left out here too"
    found = {name: asked(world, {one: value for one, value in given.items() if one != name}) for name in given}
    expected = dict.fromkeys(given, 200) | dict.fromkeys(REQUIRED, 401) | {"scope": 403}
    assert found == expected


def test_no_form_of_a_claim_makes_it_fail(world: Any, given: dict[str, Any]) -> None:
    found = {(name, str(value)[:9]): asked(world, {**given, name: value}) for name in given for value in ODD}
    assert {one: status for one, status in found.items() if status >= 500} == {}
