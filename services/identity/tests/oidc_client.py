"""A client of the provider as the tests play it: each call takes what to change of a request that would pass."""

import hashlib
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from chassis.keys import b64
from identity.oidc import signing_keys
from identity.oidc.grants import TokenAnswer
from joserfc import jwt
from joserfc.jwk import KeySet

VERIFIER = "v" * 64
CHALLENGE = b64(hashlib.sha256(VERIFIER.encode()).digest())
CALLBACK = "http://localhost:8080/connexion/retour"
LOOPBACK = "http://127.0.0.1:51234/callback"
SCOPE = "openid profile email offline_access"
PORTAL = {"Authorization": f"Basic {b64encode(b'portal:portal-secret').decode()}"}


def authorize(browser: Any, **changes: str | None) -> Any:
    asked = {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        "state": "s1",
        "nonce": "n1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    kept = {name: value for name, value in (asked | changes).items() if value is not None}
    return browser.client.get(f"/oidc/authorize?{urlencode(kept)}")


def answered(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def code_of(browser: Any, **changes: str | None) -> str:
    return answered(authorize(browser, **changes).location)["code"]


def redeem(world: Any, code: str, headers: dict[str, str] | None = None, **changes: str) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return world.app.test_client().post(
        "/oidc/token", data={**form, **changes}, headers=PORTAL if headers is None else headers
    )


def refresh(world: Any, token: str, headers: dict[str, str] | None = None, **changes: str) -> Any:
    form = {"grant_type": "refresh_token", "refresh_token": token, **changes}
    return world.app.test_client().post("/oidc/token", data=form, headers=PORTAL if headers is None else headers)


def tokens(world: Any, browser: Any) -> TokenAnswer:
    answer: TokenAnswer = redeem(world, code_of(browser)).json
    return answer


def claims_of(world: Any, token: str) -> dict[str, Any]:
    return dict(
        jwt.decode(
            token, KeySet.import_key_set(signing_keys.public_jwks(world.harness.runtime)), algorithms=["ES256"]
        ).claims
    )
