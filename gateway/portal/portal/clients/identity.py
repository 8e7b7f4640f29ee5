"""The account of the person signed in."""

from typing import Any

from portal.clients.http import Service


class IdentityClient(Service):
    """The identity service; shapes are those of its openapi.yaml."""

    name = "identity"

    def me(self) -> dict[str, Any]:
        """Names and address of the person."""
        return self._get("me")
