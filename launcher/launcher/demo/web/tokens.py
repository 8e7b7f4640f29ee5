"""One person's tokens: obtained with a code, renewed shortly before they expire (RFC 6749, RFC 7636)."""

import time
from collections.abc import Generator
from typing import NotRequired, TypedDict

import httpx

from launcher.demo.failures import answered

# Renewed a little early: the request that carries a token takes time too.
MARGIN_SECONDS = 30


class TokenResponse(TypedDict):
    """RFC 6749 § 5.1."""

    access_token: str
    refresh_token: NotRequired[str]
    expires_in: int


class Tokens(httpx.Auth):
    """For the public client `client_id`, authenticated only by the code and its verifier."""

    requires_response_body = True

    def __init__(self, endpoint: str, client_id: str) -> None:
        self._endpoint = endpoint
        self._client_id = client_id
        self._access = self._refresh = ""
        self._ends = 0.0

    def exchange(self, client: httpx.Client, *, code: str, verifier: str, redirect_uri: str) -> None:
        """Raises StepFailed when the code is refused."""
        asked = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        form = {**asked, "redirect_uri": redirect_uri, "client_id": self._client_id}
        self._keep(answered(client.post(self._endpoint, data=form), 200).json())

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if time.monotonic() > self._ends - MARGIN_SECONDS:
            form = {"grant_type": "refresh_token", "refresh_token": self._refresh, "client_id": self._client_id}
            renewed = yield httpx.Request("POST", self._endpoint, data=form)
            self._keep(answered(renewed, 200).json())
        request.headers["Authorization"] = f"Bearer {self._access}"
        yield request

    def _keep(self, tokens: TokenResponse) -> None:
        self._access, self._refresh = tokens["access_token"], tokens.get("refresh_token", self._refresh)
        self._ends = time.monotonic() + float(tokens["expires_in"])
