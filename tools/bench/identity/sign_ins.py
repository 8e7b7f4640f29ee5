"""Sign-ins and refreshes per core: in-process processor time, compared with the bare hash and signature."""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypedDict
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from identity.crypto import hashing
from identity.oidc import signing_keys
from joserfc import jwt
from webui.testing import parse

from tools.bench.figures import Figure
from tools.bench.identity.product import PASSWORD, SECRET, Product, accounts, seconds_each

SIGN_INS = 60
REFRESHES = 400
CALLBACK = "http://localhost:8080/connexion/retour"
BASIC = {"Authorization": f"Basic {b64encode(f'portal:{SECRET}'.encode()).decode()}"}


class Tokens(TypedDict):
    access_token: str
    refresh_token: str


def sign_in(app: Flask, login: str) -> Tokens:
    """The whole sign-in, as a browser and the portal do it: authorize, page, credentials, code, tokens."""
    browser, verifier = app.test_client(), secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": CALLBACK,
        "scope": "openid profile email offline_access",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = browser.get(browser.get(f"/oidc/authorize?{urlencode(asked)}").headers["Location"])
    token = next(one.get("value") for one in parse(page.text) if one.get("name") == "csrf_token")
    answer = browser.post("/compte/connexion", data={"csrf_token": token, "login": login, "password": PASSWORD})
    while answer.status_code in (302, 303) and not answer.headers["Location"].startswith(CALLBACK):
        answer = _next(browser, answer.headers["Location"])
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier}
    return _tokens(app, form)


def _next(browser: FlaskClient, path: str) -> Any:
    """The next page; accepts the two texts of the first sign-in on the way, once per account."""
    page = browser.get(path)
    if page.status_code != 200:
        return page
    fields = {one.get("name"): one.get("value") for one in parse(page.text) if one.get("name")}
    sent = {"csrf_token": fields["csrf_token"], "version": fields["version"], "accepted": "y"}
    return browser.post(path, data=sent)


def _tokens(app: Flask, form: dict[str, str]) -> Tokens:
    answer = app.test_client().post("/oidc/token", data=form, headers=BASIC)
    if answer.status_code != 200:
        raise RuntimeError(answer.text)
    found: Tokens = answer.get_json()
    return found


class Meter:
    """Counts the application's processor time, without that of the simulated browser."""

    def __init__(self, app: Flask) -> None:
        self.spent = 0.0
        self._inner = app.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]  # as Flask documents it for middleware

    def __call__(self, environ: Any, start_response: Any) -> Any:
        start = time.process_time()
        try:
            return self._inner(environ, start_response)
        finally:
            self.spent += time.process_time() - start

    def seconds_each(self, act: Callable[[int], object], times: int) -> float:
        before = self.spent
        for number in range(times):
            act(number)
        return (self.spent - before) / times


def figures(made: Product) -> list[Figure]:
    logins = accounts(made.runtime, SIGN_INS)
    # The first sign-in also accepts the two texts.
    latest = [sign_in(made.app, login) for login in logins][-1]["refresh_token"]

    def refresh(_number: int) -> None:
        nonlocal latest
        latest = _tokens(made.app, {"grant_type": "refresh_token", "refresh_token": latest})["refresh_token"]

    with made.runtime.transaction() as session:
        key = signing_keys.signing_key(session)
    encoded, meter = hashing.hash_password(PASSWORD), Meter(made.app)
    hash_seconds = 0.0
    for login in logins:
        # Alternately, so that the machine's other load affects both alike.
        hash_seconds += seconds_each(lambda _: hashing.verify(encoded, PASSWORD), 1) / SIGN_INS
        sign_in(made.app, login)
    sign_in_seconds = meter.spent / SIGN_INS
    sign_seconds = seconds_each(lambda _: jwt.encode({"alg": "ES256"}, {"sub": "x" * 400}, key), REFRESHES)
    refresh_seconds = meter.seconds_each(refresh, REFRESHES)
    share = hash_seconds / sign_in_seconds
    refreshes = 1 / refresh_seconds
    signature = 1 / sign_seconds
    return [
        Figure("sign-ins", 1 / sign_in_seconds, "/s/core", 1 / hash_seconds, "hash >= 0.6 of a sign-in", share >= 0.6),
        Figure(
            "refreshes, two signatures each", refreshes, "/s/core", signature, ">= 0.04", refreshes / signature >= 0.04
        ),
        Figure("a sign-in without its hash", (sign_in_seconds - hash_seconds) * 1000, "ms"),
    ]
