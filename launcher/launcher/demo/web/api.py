"""The services' APIs with a person's token, renewed when it expires."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from launcher.demo.failures import answered

# Each step of the demonstration reads a few fields of one answer, and fails with a sentence when one is not there.
Json = dict[str, Any]
DECLARATION = "/api/declaration/v1"
HABILITATION = "/api/habilitation/v1"
IDENTITY = "/api/identity/v1"
DOCUMENTS = "/api/documents/v1"
NOTIFICATION = "/api/notification/v1"


class Api:
    """`client` signs its requests; `patient` when the product may be restarting."""

    def __init__(self, client: httpx.Client, *, patient: bool = False) -> None:
        self._client = client
        self.patient = patient

    def get(self, path: str, **params: str | int) -> Json:
        """The body of a 200. Raises StepFailed for any other status."""
        body: Json = answered(self.request("GET", path, params=params), 200).json()
        return body

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._client.request(method, path, **options)

    def use_headers(self, headers: Mapping[str, str]) -> None:
        """Adds them to every request from now on."""
        self._client.headers.update(headers)

    def create(self, path: str, body: Json, *, status: int = 201, headers: Mapping[str, str] | None = None) -> Json:
        """POST with a new idempotency key."""
        key = {"Idempotency-Key": str(uuid.uuid4()), **(headers or {})}
        made: Json = answered(self.request("POST", path, json=body, headers=key), status).json()
        return made
