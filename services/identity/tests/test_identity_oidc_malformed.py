"""Every malformed request gets the error of its RFC, never a 500, and goes back to no address but the client's own."""

from base64 import b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from chassis import clock
from oidc_client import CALLBACK, LOOPBACK, PORTAL, VERIFIER, answered, authorize, code_of, redeem, refresh, tokens

LONG = "x" * 1_000_000
NUL = "a\x00b"
# Bytes that are no UTF-8, as they arrive in a form or an address.
NO_UTF8 = "%FF%FE"
FORM = "application/x-www-form-urlencoded"
CLI = {"client_id": "bailleurs-cli"}

SENT_BACK: dict[str, tuple[dict[str, str | None], str]] = {
    "without response type": ({"response_type": None}, "invalid_request"),
    "of the implicit flow": ({"response_type": "token"}, "unsupported_response_type"),
    "of a hybrid flow": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "without challenge": ({"code_challenge": None}, "invalid_request"),
    "with a short challenge": ({"code_challenge": "a" * 42}, "invalid_request"),
    "with a challenge of other characters": ({"code_challenge": "é" * 43}, "invalid_request"),
    "without method, which means plain": ({"code_challenge_method": None}, "invalid_request"),
    "with plain": ({"code_challenge_method": "plain"}, "invalid_request"),
    "with an unknown method": ({"code_challenge_method": "S512"}, "invalid_request"),
    "for an unknown scope": ({"scope": "openid everything"}, "invalid_scope"),
    "for a scope of other clients": ({"scope": "declarations:read"}, "invalid_scope"),
    "for an answer in the fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "for an answer in a form": ({"response_mode": "form_post"}, "invalid_request"),
    "with an unknown prompt": ({"prompt": "consent"}, "invalid_request"),
    "with prompts that exclude each other": ({"prompt": "none login"}, "invalid_request"),
    "with an age that is no number": ({"max_age": "soon"}, "invalid_request"),
    "with a negative age": ({"max_age": "-1"}, "invalid_request"),
    "with a request object": ({"request": "e30."}, "request_not_supported"),
    "with a request elsewhere": ({"request_uri": "https://attacker.example/r"}, "request_uri_not_supported"),
    "with a registration": ({"registration": "{}"}, "registration_not_supported"),
    "with NUL": ({"nonce": NUL}, "invalid_request"),
    "with a nonce too long": ({"nonce": "n" * 501}, "invalid_request"),
    "with a megabyte": ({"login_hint": LONG}, "invalid_request"),
}

NOT_SENT_BACK: dict[str, dict[str, str | None]] = {
    "without client": {"client_id": None},
    "of an unknown client": {"client_id": "nobody"},
    "of a client with NUL": {"client_id": NUL},
    "of a client of a megabyte": {"client_id": LONG},
    "without address": {"redirect_uri": None},
    "for a foreign address": {"redirect_uri": "https://attacker.example/"},
    "for an address with other characters": {"redirect_uri": "https://é.example/\"'"},
    "for an address with NUL": {"redirect_uri": CALLBACK + NUL},
    "for an address of a megabyte": {"redirect_uri": CALLBACK + LONG},
    "for a script": {"redirect_uri": "javascript:alert(1)"},
    "for a response type of other characters": {"response_type": 'code"é'},
    "of a client without people": {"client_id": "exemple-integrateur"},
}


@pytest.mark.parametrize(("changes", "error"), SENT_BACK.values(), ids=SENT_BACK)
def test_an_authorization_request_that_is_wrong_goes_back_to_the_client_with_its_error(
    local: Any, changes: dict[str, str | None], error: str
) -> None:
    browser, _ = local.activated()
    answer = authorize(browser, **changes)
    assert answer.status_code == 302
    assert answer.location.startswith(CALLBACK + "?")
    found = answered(answer.location)
    assert (found["error"], found["state"], found["iss"]) == (error, "s1", "http://localhost:8080")
    assert "code" not in found


@pytest.mark.parametrize("changes", NOT_SENT_BACK.values(), ids=NOT_SENT_BACK)
def test_without_a_client_and_its_own_address_a_page_answers(local: Any, changes: dict[str, str | None]) -> None:
    browser, _ = local.activated()
    answer = authorize(browser, **changes)
    assert (answer.status_code, answer.location) == (400, None)
    assert "text/html" in answer.headers["Content-Type"]
    assert "attacker" not in answer.text


@pytest.mark.parametrize(
    ("more", "sent_back"),
    [
        ("state=s2", True),
        ("scope=openid", True),
        ("code_challenge_method=S256", True),
        (f"nonce={NO_UTF8}", True),
        (f"{NO_UTF8}=x", True),
        ("client_id=bailleurs-cli", False),
        (f"redirect_uri={CALLBACK}", False),
    ],
)
def test_a_parameter_given_twice_or_in_no_utf8_is_an_invalid_request(local: Any, more: str, sent_back: bool) -> None:
    browser, _ = local.activated()
    good = {"response_type": "code", "client_id": "portal", "redirect_uri": CALLBACK, "scope": "openid"}
    pkce = {"code_challenge": "c" * 43, "code_challenge_method": "S256", "state": "s1"}
    answer = browser.client.get(f"/oidc/authorize?{urlencode(good | pkce)}&{more}")
    assert answer.status_code == (302 if sent_back else 400)
    if sent_back:
        assert answered(answer.location)["error"] == "invalid_request"


def test_who_must_not_be_asked_and_is_not_signed_in_well_enough_is_told_so(local: Any) -> None:
    stranger = local.browser()
    assert answered(authorize(stranger, prompt="none").location)["error"] == "login_required"
    browser, _ = local.activated()
    hint = tokens(local, browser)["id_token"]
    assert "code" in answered(authorize(browser, prompt="none", id_token_hint=hint).location)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert answered(authorize(browser, prompt="none", max_age="60").location)["error"] == "login_required"
        assert answered(authorize(browser, prompt="none", max_age="0").location)["error"] == "login_required"
    local.register("35900007090002", kind="natural_person", email="autre@lices.example")
    sent = local.issued()[-1]
    other = local.browser()
    other.sign_in(sent["login"], sent["password"])
    other.complete(email="autre@lices.example")
    assert answered(authorize(other, prompt="none", id_token_hint=hint).location)["error"] == "login_required"


def basic(text: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(text).decode()}


REFUSED_AT_TOKEN: dict[str, tuple[dict[str, str], dict[str, str], int, str]] = {
    "without grant": ({"grant_type": ""}, PORTAL, 400, "invalid_request"),
    "of an unknown grant": ({"grant_type": "magic"}, PORTAL, 400, "unsupported_grant_type"),
    "of the password grant": ({"grant_type": "password"}, PORTAL, 400, "unsupported_grant_type"),
    "of a grant of other characters": ({"grant_type": 'é"'}, PORTAL, 400, "invalid_request"),
    "of a grant that is not the client's": ({"grant_type": "client_credentials"}, PORTAL, 400, "unauthorized_client"),
    "without code": ({"code": ""}, PORTAL, 400, "invalid_request"),
    "with another code": ({"code": "x" * 48}, PORTAL, 400, "invalid_grant"),
    "with a code of a megabyte": ({"code": "x" * 60_000}, PORTAL, 400, "invalid_request"),
    "with a code with NUL": ({"code": NUL}, PORTAL, 400, "invalid_request"),
    "without verifier": ({"code_verifier": ""}, PORTAL, 400, "invalid_request"),
    "with a short verifier": ({"code_verifier": "v" * 42}, PORTAL, 400, "invalid_request"),
    "with a long verifier": ({"code_verifier": "v" * 129}, PORTAL, 400, "invalid_request"),
    "with another verifier": ({"code_verifier": "w" * 64}, PORTAL, 400, "invalid_grant"),
    "without address": ({"redirect_uri": ""}, PORTAL, 400, "invalid_request"),
    "with another address": ({"redirect_uri": LOOPBACK}, PORTAL, 400, "invalid_grant"),
    "of another client": (CLI, {}, 400, "invalid_grant"),
    "of nobody": ({}, {}, 401, "invalid_client"),
    "of an unknown client": ({}, basic(b"nobody:x"), 401, "invalid_client"),
    "with another secret": ({}, basic(b"portal:x"), 401, "invalid_client"),
    "with a secret that is no UTF-8": ({}, basic(b"portal:\xff\xfe"), 401, "invalid_client"),
    "with a secret with NUL": ({}, basic(b"portal:\x00"), 401, "invalid_client"),
    "with an authorization that is no base64": ({}, {"Authorization": "Basic %%%"}, 401, "invalid_client"),
    "with another scheme": ({}, {"Authorization": "Digest x"}, 401, "invalid_client"),
    "with the secret in two places": ({"client_secret": "portal-secret"}, PORTAL, 400, "invalid_request"),
}


@pytest.mark.parametrize(("changes", "headers", "status", "error"), REFUSED_AT_TOKEN.values(), ids=REFUSED_AT_TOKEN)
def test_a_token_request_that_is_wrong_gets_its_error(
    local: Any, changes: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    browser, _ = local.activated()
    answer = redeem(local, headers=headers, **{"code": code_of(browser)} | changes)
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "access_token" not in answer.json
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


BODIES: dict[str, tuple[bytes, str, int]] = {
    "JSON": (b'{"grant_type": "refresh_token"}', "application/json", 400),
    "nothing": (b"", "", 400),
    "twice the same parameter": (b"grant_type=refresh_token&grant_type=refresh_token", FORM, 400),
    "no UTF-8": (b"grant_type=refresh_token&refresh_token=%FF%FE", FORM, 400),
    "raw bytes": (b"grant_type=refresh_token&refresh_token=\xff\xfe", FORM, 400),
    "a megabyte": (b"grant_type=refresh_token&refresh_token=" + b"x" * 1_000_000, FORM, 413),
    "a thousand parameters": ("&".join(f"p{n}=1" for n in range(1500)).encode(), FORM, 400),
    "parts": (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 400),
}


@pytest.mark.parametrize("path", ["token", "revoke", "introspect"])
@pytest.mark.parametrize(("body", "media_type", "status"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_form_is_an_invalid_request(
    local: Any, path: str, body: bytes, media_type: str, status: int
) -> None:
    answer = local.app.test_client().post(f"/oidc/{path}", data=body, content_type=media_type, headers=PORTAL)
    assert (answer.status_code, answer.json["error"]) == (status, "invalid_request")


@pytest.mark.parametrize("path", ["token", "revoke", "introspect"])
def test_programs_send_forms_and_nothing_in_the_address(local: Any, path: str) -> None:
    client = local.app.test_client()
    answer = client.get(f"/oidc/{path}?grant_type=refresh_token", headers=PORTAL)
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    in_address = client.post(f"/oidc/{path}?grant_type=refresh_token&token=x", data={}, headers=PORTAL)
    assert in_address.json["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "headers", "error"),
    [
        ({"refresh_token": ""}, PORTAL, "invalid_request"),
        ({"refresh_token": "x"}, PORTAL, "invalid_grant"),
        ({}, {}, "invalid_client"),
        (CLI, {}, "invalid_grant"),
        ({"scope": "openid everything"}, PORTAL, "invalid_scope"),
        ({"scope": "declarations:read"}, PORTAL, "invalid_scope"),
    ],
)
def test_a_refresh_that_is_wrong_gets_its_error(
    local: Any, changes: dict[str, str], headers: dict[str, str], error: str
) -> None:
    browser, _ = local.activated()
    answer = refresh(local, tokens(local, browser)["refresh_token"], headers, **changes)
    assert answer.json["error"] == error


def test_a_refresh_token_revoked_or_too_old_is_an_invalid_grant(local: Any) -> None:
    browser, _ = local.activated()
    given = tokens(local, browser)["refresh_token"]
    with time_machine.travel(clock.now() + timedelta(hours=12, seconds=1)):
        assert refresh(local, given).json["error"] == "invalid_grant"
    local.app.test_client().post("/oidc/revoke", data={"token": given}, headers=PORTAL)
    assert refresh(local, given).json["error"] == "invalid_grant"


@pytest.mark.parametrize("path", ["revoke", "introspect"])
@pytest.mark.parametrize(
    ("sent", "headers", "status", "error"),
    [
        ({}, PORTAL, 400, "invalid_request"),
        ({"token": "x"}, {}, 401, "invalid_client"),
        ({"token": "x"}, basic(b"portal:x"), 401, "invalid_client"),
        ({"token": NUL}, PORTAL, 400, "invalid_request"),
    ],
)
def test_revocation_and_introspection_refuse_with_their_error(
    local: Any, path: str, sent: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    answer = local.app.test_client().post(f"/oidc/{path}", data=sent, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (status, error)


def test_a_token_is_revoked_by_its_own_client_and_an_access_token_by_nobody(local: Any) -> None:
    browser, _ = local.activated()
    given, client = tokens(local, browser), local.app.test_client()
    foreign = client.post("/oidc/revoke", data={"token": given["refresh_token"], **CLI})
    assert (foreign.status_code, foreign.json["error"]) == (400, "invalid_grant")
    access = client.post("/oidc/revoke", data={"token": given["access_token"]}, headers=PORTAL)
    assert (access.status_code, access.json["error"]) == (400, "unsupported_token_type")
    assert client.post("/oidc/revoke", data={"token": "unknown"}, headers=PORTAL).status_code == 200
    assert refresh(local, given["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "hint", ["x", "é", NUL, "a.b.c", "e30.e30.", "x" * 5000, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."]
)
def test_a_logout_with_a_hint_that_is_not_ours_signs_nobody_out(local: Any, hint: str) -> None:
    browser, _ = local.activated()
    back = {"post_logout_redirect_uri": "http://localhost:8080/"}
    answer = browser.client.get(f"/oidc/logout?{urlencode({'id_token_hint': hint, **back})}")
    assert (answer.status_code, answer.location) == (400, None)
    assert browser.get("/compte/connexion") == "/connexion"


def test_an_access_token_is_no_hint_to_sign_out(local: Any) -> None:
    browser, _ = local.activated()
    hint = tokens(local, browser)["access_token"]
    assert browser.client.get(f"/oidc/logout?{urlencode({'id_token_hint': hint})}").status_code == 400


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer x", "Bearer \xff", "Basic x", "Bearer e30.e30.", "Bearer " + "x" * 9000]
)
def test_userinfo_without_an_access_token_is_401(local: Any, value: str) -> None:
    answer = local.app.test_client().get("/oidc/userinfo", headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_request_kept_while_one_signs_in_never_leads_elsewhere(local: Any) -> None:
    _, sent = local.activated()
    browser = local.browser()
    authorize(browser)
    resumed = browser.sign_in(sent["login"], local.password)
    assert urlsplit(resumed).path == "/oidc/authorize"
    assert not urlsplit(resumed).netloc
    assert (
        redeem(local, answered(browser.client.get(resumed).location)["code"], code_verifier=VERIFIER).status_code == 200
    )
