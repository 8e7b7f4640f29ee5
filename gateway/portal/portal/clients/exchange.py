"""Export batches for the Caf, and the Caf's answers."""

from typing import IO

from portal.api_types.declaration.exchange import (
    AnswerErrors,
    AnswerImport,
    Export,
    ListAnswerImportsAnswer,
    ListExportsAnswer,
)
from portal.clients.documents import Content
from portal.clients.http import Service, read_body

# Longer than the gateway's own limit for this route.
UPLOAD_SECONDS = 125


class ExchangeClient(Service):
    """The Caf's side of the declaration service; shapes are those of its openapi.yaml."""

    name = "declaration"

    def list_exports(self, cursor: str = "") -> ListExportsAnswer:
        """The batches, newest first."""
        return self._get(ListExportsAnswer, "exports", cursor=cursor, limit=20)

    def make_export(self, caf_code: str, key: str) -> Export:
        """Creates a batch of everything new; Refused 409 when there is nothing."""
        return self._post(Export, "exports", key=key, caf_code=caf_code)

    def get_export(self, export: str) -> Export:
        """State and manifest."""
        return self._get(Export, "exports", export)

    def export_content(self, export: str) -> Content:
        """The ZIP of a batch."""
        answer = self._call("GET", "exports", export, "content", timeout=UPLOAD_SECONDS)
        return Content(answer.content, answer.headers.get("Content-Type", "application/zip"))

    def acknowledge_export(self, export: str, lines: int, manifest_sha256: str, key: str) -> Export:
        """Records the Caf's receipt; Refused 422 when it does not match the batch."""
        body = {"lines": lines, "manifest_sha256": manifest_sha256}
        return self._post(Export, "exports", export, "receipt", body=body, key=key)

    def list_answers(self, cursor: str = "") -> ListAnswerImportsAnswer:
        """The files of answers, newest first."""
        return self._get(ListAnswerImportsAnswer, "answers", cursor=cursor, limit=20)

    def send_answers(self, filename: str, content: IO[bytes], caf_code: str) -> AnswerImport:
        """Uploads an answers file; it is imported in the background."""
        files = {"file": (filename, content, "text/csv")}
        query = {"caf_code": caf_code} if caf_code else {}
        return read_body(AnswerImport, self._call("POST", "answers", files=files, params=query, timeout=UPLOAD_SECONDS))

    def get_answers(self, answers: str) -> AnswerImport:
        """State and counts."""
        return self._get(AnswerImport, "answers", answers)

    def list_answer_errors(self, answers: str, cursor: str = "") -> AnswerErrors:
        """Line, column, rule, message and example of each rejected line."""
        return self._get(AnswerErrors, "answers", answers, "errors", cursor=cursor, limit=100)
