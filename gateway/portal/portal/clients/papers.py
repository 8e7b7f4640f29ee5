"""Attestations returned on paper, as agents type them."""

from collections.abc import Mapping

from portal.api_types.declaration.paper import (
    ListPapersAnswer,
    Paper,
    SearchPapersAnswer,
    SearchPapersAnswerItem,
)
from portal.clients.http import Answer, Service


class PaperClient(Service):
    """Part of the declaration service; shapes are those of its openapi.yaml."""

    name = "declaration"

    def search(self, user_number: str, tenant_number: str) -> list[SearchPapersAnswerItem]:
        """The declarations that an attestation may belong to; the numbers are kept out of the URL."""
        body = {"user_number": user_number, "tenant_number": tenant_number}
        return self._post(SearchPapersAnswer, "paper-searches", body=body)["items"]

    def being_typed(self, cursor: str = "") -> ListPapersAnswer:
        """`items` and `next_cursor`: attestations being typed in the Caf."""
        return self._get(ListPapersAnswer, "papers", state="typing", cursor=cursor, limit=20)

    def begin(self, declaration: str, envelope: Mapping[str, str | None], key: str) -> Paper:
        """
        The attestation created, or the one already being typed for this declaration.

        `envelope`: received_on, posted_on, and the numbers on the paper, which the service checks.
        """
        return self._post(Paper, "papers", body={"declaration_id": declaration, **envelope}, key=key)

    def get(self, paper: str) -> Answer[Paper]:
        """An attestation, with its declaration."""
        return self._read(Paper, "papers", paper)

    def save(self, paper: str, change: Mapping[str, object], etag: str) -> Answer[Paper]:
        """Saves what was typed; Refused 412 when another agent has saved since `etag` was read."""
        return self._save(Paper, "papers", paper, "draft", body=change, etag=etag)

    def file(self, paper: str, seen: str, reason: str | None, etag: str, key: str) -> Paper:
        """Transmits it; Refused 412 when the landlord has acted since `seen`."""
        body = {"declaration_etag": seen, "reason": reason}
        return self._post(Paper, "papers", paper, "filing", body=body, key=key, etag=etag)

    def discard(self, paper: str, reason: str, etag: str, key: str) -> Paper:
        """Discards it, with a reason."""
        return self._post(Paper, "papers", paper, "discarding", body={"reason": reason}, key=key, etag=etag)
