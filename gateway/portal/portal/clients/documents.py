"""Recaps, and the public check of a reference."""

from dataclasses import dataclass

from portal.api_types.documents import ListDocumentsAnswer, LotDocument, Verification
from portal.clients.http import Service


@dataclass(frozen=True, slots=True)
class Content:
    """A file and its type."""

    data: bytes
    media_type: str


class DocumentsClient(Service):
    """The documents service; shapes are those of its openapi.yaml."""

    name = "documents"

    def list_for(self, declaration: str) -> ListDocumentsAnswer:
        """The recaps of a declaration's versions, and whether none can be made at present."""
        return self._get(ListDocumentsAnswer, "documents", declaration=declaration)

    def content(self, document: str) -> Content:
        """The PDF."""
        answer = self._call("GET", "documents", document, "content")
        return Content(answer.content, answer.headers.get("Content-Type", "application/pdf"))

    def lot(self, lot: str) -> LotDocument:
        """The recap of a batch transmission."""
        return self._get(LotDocument, "lots", lot)

    def lot_content(self, lot: str) -> Content:
        """Its PDF."""
        answer = self._call("GET", "lots", lot, "content")
        return Content(answer.content, answer.headers.get("Content-Type", "application/pdf"))

    def verify(self, reference: str) -> Verification:
        """Date, number and hash of the recap with that reference; public."""
        return self._get(Verification, "verifications", reference)
