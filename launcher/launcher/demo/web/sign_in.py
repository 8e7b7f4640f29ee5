"""Signs in like a program on the person's own computer: code and PKCE, public client `bailleurs-cli`."""

import base64
import hashlib
import secrets
from typing import TypedDict
from urllib.parse import parse_qs, urlsplit

import httpx

from launcher.demo.failures import answered, equal, expect
from launcher.demo.web.api import Api
from launcher.demo.web.browser import Browser, Page
from launcher.demo.web.site import Site
from launcher.demo.web.tokens import Tokens

CLIENT_ID = "bailleurs-cli"
SCOPE = "openid profile email offline_access"


class Endpoints(TypedDict):
    """Of the discovery document (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str


class SignIn:
    """One sign-in: `open` returns the first page, `finish` takes the last.

    Nothing listens at the redirect address (RFC 8252 §7.3 allows any port): the code is read from the redirection.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._redirect = f"http://127.0.0.1:{49152 + secrets.randbelow(16384)}/callback"
        self._verifier, self._state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        self.browser = Browser(site, self._redirect)
        discovery = site.client().get("/.well-known/openid-configuration")
        self._provider: Endpoints = answered(discovery, 200).json()

    @property
    def patient(self) -> bool:
        """Whether the product may be restarting."""
        return self._site.patience > 0

    def open(self) -> Page:
        asked = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": self._redirect,
            "scope": SCOPE,
            "state": self._state,
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": _s256(self._verifier),
            "code_challenge_method": "S256",
        }
        return self.browser.get(str(httpx.URL(self._provider["authorization_endpoint"], params=asked)))

    def finish(self, page: Page) -> Api:
        """The API with the person's tokens. Raises StepFailed when the page is not the callback."""
        answer = parse_qs(urlsplit(page.callback).query)
        expect("code" in answer, "un code à l’adresse de retour", page.described)
        equal("état rendu à l’adresse de retour", [self._state], answer.get("state"))
        tokens, client = Tokens(self._provider["token_endpoint"], CLIENT_ID), self._site.client()
        tokens.exchange(client, code=answer["code"][0], verifier=self._verifier, redirect_uri=self._redirect)
        client.auth = tokens
        return Api(client, patient=self.patient)


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
