"""Attestations returned on paper, as agents type them."""

from collections.abc import Mapping
from typing import Any

from portal.clients.http import Answer, Service, json_body


class PaperClient(Service):
    """Part of the declaration service; shapes are those of its openapi.yaml."""

    name = "declaration"

    def search(self, user_number: str, tenant_number: str) -> list[dict[str, Any]]:
        """The declarations that an attestation may belong to; the numbers are kept out of the URL."""
        body = {"user_number": user_number, "tenant_number": tenant_number}
        return list(self._post("paper-searches", body=body)["items"])

    def being_typed(self, cursor: str = "") -> dict[str, Any]:
        """`items` and `next_cursor`: attestations being typed in the Caf."""
        return self._get("papers", state="typing", cursor=cursor, limit=20)

    def begin(self, declaration: str, envelope: Mapping[str, str | None], key: str) -> dict[str, Any]:
        """
        The attestation created, or the one already being typed for this declaration.

        `envelope`: received_on, posted_on, and the numbers on the paper, which the service checks.
        """
        return self._post("papers", body={"declaration_id": declaration, **envelope}, key=key)

    def get(self, paper: str) -> Answer:
        """An attestation, with its declaration."""
        return self._read("papers", paper)

    def save(self, paper: str, change: Mapping[str, Any], etag: str) -> Answer:
        """Saves what was typed; Refused 412 when another agent has saved since `etag` was read."""
        answer = self._call("PUT", "papers", paper, "draft", headers={"If-Match": etag}, json=change)
        return Answer(json_body(answer), answer.headers.get("ETag", ""))

    def file(self, paper: str, seen: str, reason: str | None, etag: str, key: str) -> dict[str, Any]:
        """Transmits it; Refused 412 when the landlord has acted since `seen`."""
        body = {"declaration_etag": seen, "reason": reason}
        return self._post("papers", paper, "filing", body=body, key=key, etag=etag)

    def discard(self, paper: str, reason: str, etag: str, key: str) -> dict[str, Any]:
        """Discards it, with a reason."""
        return self._post("papers", paper, "discarding", body={"reason": reason}, key=key, etag=etag)
