"""Signing in as a program on the person's own computer does: code and PKCE, public client `bailleurs-cli`."""

import secrets
from typing import Any

from authlib.integrations.httpx_client import OAuth2Client

from launcher.demo.failures import answered, expect
from launcher.demo.web.api import Api
from launcher.demo.web.browser import Browser, Page
from launcher.demo.web.site import SECONDS, Site

CLIENT_ID = "bailleurs-cli"
SCOPE = "openid profile email offline_access"


class SignIn:
    """One sign-in: `open` gives the page where it starts, `finish` takes the address where it ended.

    Nothing listens at the redirect address (RFC 8252 §7.3 lets any port be): the redirection itself carries the code.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._redirect = f"http://127.0.0.1:{49152 + secrets.randbelow(16384)}/callback"
        self._verifier = secrets.token_urlsafe(48)
        self.browser = Browser(site, self._redirect)
        with site.client() as client:
            self._provider: dict[str, Any] = answered(client.get("/.well-known/openid-configuration"), 200).json()
        self._client = OAuth2Client(
            client_id=CLIENT_ID,
            token_endpoint_auth_method="none",  # noqa: S106 - a public client has no secret
            token_endpoint=self._provider["token_endpoint"],
            redirect_uri=self._redirect,
            scope=SCOPE,
            code_challenge_method="S256",
            base_url=site.url,
            timeout=SECONDS,
            transport=site.transport(),
        )
        self._state = ""

    def open(self) -> Page:
        url, self._state = self._client.create_authorization_url(
            self._provider["authorization_endpoint"], code_verifier=self._verifier, nonce=secrets.token_urlsafe(16)
        )
        return self.browser.get(url)

    def finish(self, page: Page) -> Api:
        """The API with the person's tokens. Raises StepFailed when the page is not the way back."""
        expect(page.callback and "code=" in page.callback, "un code à l’adresse de retour", page.described)
        self._client.fetch_token(
            self._provider["token_endpoint"],
            authorization_response=page.callback,
            state=self._state,
            code_verifier=self._verifier,
        )
        return Api(self._client, patient=self._site.patience > 0)
