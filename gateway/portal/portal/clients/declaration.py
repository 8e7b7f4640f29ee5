"""Declarations, campaigns and registry imports."""

import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from portal.api_types.declaration.declarations import (
    DeclarationPage,
    DeclaredField,
    History,
    ListFieldsAnswer,
    ListRemainingAnswer,
    Remaining,
    Transmission,
)
from portal.api_types.declaration.many_tenants import (
    DeclarationImport,
    DeclarationImportsListImportsAnswer,
    ListDraftsAnswer,
    ListErrorsAnswer,
    ListLinesAnswer,
    ListLotsAnswer,
    Lot,
    SaveDraftsAnswer,
    SaveDraftsAnswerItem,
)
from portal.api_types.declaration.registry import (
    ListImportErrorsAnswer,
    RegisteredLandlord,
    RegistryImport,
    RegistryListImportsAnswer,
)
from portal.api_types.declaration.reports import ListReportsAnswer, TenantReport
from portal.api_types.declaration.shared import Declaration
from portal.clients.documents import Content
from portal.clients.http import Answer, Download, Service, read_body

# Longer than the gateway's own limit for this route.
UPLOAD_SECONDS = 125
EXPORT_SECONDS = 125
FIELDS_KEPT_SECONDS = 300


class DeclarationClient(Service):
    """The declaration service; shapes are those of its openapi.yaml."""

    name = "declaration"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._fields: tuple[float, list[DeclaredField]] = (0.0, [])

    def fields(self) -> list[DeclaredField]:
        """What is declared, in the order of the forms; the same for everyone, so kept for a few minutes."""
        read_at, fields = self._fields
        if not fields or time.monotonic() - read_at > FIELDS_KEPT_SECONDS:
            fields = self._get(ListFieldsAnswer, "declared-fields")["items"]
            self._fields = (time.monotonic(), fields)
        return fields

    def list_declarations(self, **filters: Any) -> DeclarationPage:
        """`items`, `total`, `counts` by state and `next_cursor`."""
        return self._get(DeclarationPage, "declarations", **filters)

    def remaining(self) -> list[Remaining]:
        """Counts left to declare and deadline of each open campaign; the nearest deadline first."""
        return self._get(ListRemainingAnswer, "declarations", "remaining")["items"]

    def export(self, kind: str, filters: Mapping[str, str]) -> Download:
        """The whole list as `csv` or `xlsx`, streamed."""
        return self._download("declarations", "export", query={**filters, "format": kind}, timeout=EXPORT_SECONDS)

    def get(self, declaration: str) -> Answer[Declaration]:
        """Everything about one declaration."""
        return self._read(Declaration, "declarations", declaration)

    def history(self, declaration: str) -> History:
        """`versions` with their changes, `correction`, `papers` and `passages` (state transitions), newest first."""
        return self._get(History, "declarations", declaration, "history")

    def save(self, declaration: str, change: Mapping[str, object], etag: str) -> Answer[Declaration]:
        """Saves one or several steps; Refused 412 when someone has saved since `etag` was read."""
        return self._save(Declaration, "declarations", declaration, "draft", body=change, etag=etag)

    def transmit(self, declaration: str, etag: str, key: str) -> Transmission:
        """Transmits for good; the same `key` never transmits twice."""
        return self._post(Transmission, "declarations", declaration, "transmission", key=key, etag=etag)

    def amend(self, declaration: str, reason: str, key: str) -> Declaration:
        """Opens a correction."""
        return self._post(Declaration, "declarations", declaration, "amendments", body={"reason": reason}, key=key)

    def list_drafts(self, **filters: Any) -> ListDraftsAnswer:
        """The drafts still to declare: `items`, one per tenant, and `next_cursor`."""
        return self._get(ListDraftsAnswer, "drafts", **filters)

    def save_drafts(self, rows: Sequence[Mapping[str, object]]) -> list[SaveDraftsAnswerItem]:
        """Saves each row independently; the outcome of each, in the same order."""
        return read_body(SaveDraftsAnswer, self._call("PUT", "drafts", json={"rows": rows}))["items"]

    def template(self, kind: str, **filters: Any) -> Content:
        """The file to fill in, `xlsx` or `csv`."""
        given = {name: value for name, value in filters.items() if value}
        answer = self._call("GET", "declaration-template", params={"format": kind, **given}, timeout=UPLOAD_SECONDS)
        return Content(answer.content, answer.headers["Content-Type"])

    def list_filled(self, cursor: str = "") -> DeclarationImportsListImportsAnswer:
        """The files that the person sent back, newest first."""
        return self._get(DeclarationImportsListImportsAnswer, "declaration-imports", cursor=cursor, limit=20)

    def send_filled(self, filename: str, content: IO[bytes]) -> DeclarationImport:
        """Uploads a filled-in file; it is checked in the background."""
        files = {"file": (filename, content, "application/octet-stream")}
        return read_body(
            DeclarationImport, self._call("POST", "declaration-imports", files=files, timeout=UPLOAD_SECONDS)
        )

    def get_filled(self, filled: str) -> DeclarationImport:
        """State and counts of a file."""
        return self._get(DeclarationImport, "declaration-imports", filled)

    def list_filled_errors(self, filled: str, cursor: str = "") -> ListErrorsAnswer:
        """Its rejected lines and lines to confirm, line by line."""
        return self._get(ListErrorsAnswer, "declaration-imports", filled, "errors", cursor=cursor, limit=100)

    def correction(self, filled: str) -> Content:
        """The file of lines to correct."""
        answer = self._call("GET", "declaration-imports", filled, "correction", timeout=UPLOAD_SECONDS)
        return Content(answer.content, answer.headers["Content-Type"])

    def apply_filled(self, filled: str) -> DeclarationImport:
        """Its valid lines become drafts, in the background."""
        return self._post(DeclarationImport, "declaration-imports", filled, "application")

    def transmit_lot(self, filters: Mapping[str, object], key: str) -> Lot:
        """Transmits all complete drafts that match the filters; the same `key` makes one batch transmission."""
        return self._post(Lot, "transmissions", body={"filters": filters}, key=key)

    def list_lots(self, cursor: str = "") -> ListLotsAnswer:
        """The person's batch transmissions, newest first."""
        return self._get(ListLotsAnswer, "transmissions", cursor=cursor, limit=20)

    def get_lot(self, lot: str) -> Lot:
        """State and counts of a batch transmission."""
        return self._get(Lot, "transmissions", lot)

    def list_lot_lines(self, lot: str, status: str, cursor: str = "") -> ListLinesAnswer:
        """The outcome of each of its declarations."""
        return self._get(ListLinesAnswer, "transmissions", lot, "lines", status=status, cursor=cursor, limit=50)

    def abandon(self, declaration: str, etag: str, key: str) -> Declaration:
        """Abandons the open correction; Refused 412 when someone has saved since `etag` was read."""
        return self._post(Declaration, "declarations", declaration, "abandonment", key=key, etag=etag)

    def list_reports(self, **filters: Any) -> ListReportsAnswer:
        """`items`, `total` and `next_cursor`: the landlord's own reports, or the queue of the agent's Caf."""
        return self._get(ListReportsAnswer, "tenant-reports", **filters)

    def get_report(self, report: str) -> TenantReport:
        """One report."""
        return self._get(TenantReport, "tenant-reports", report)

    def send_report(self, report: Mapping[str, object], key: str) -> TenantReport:
        """The report created, or the unsettled one on the same subject."""
        return self._post(TenantReport, "tenant-reports", body=report, key=key)

    def take_report(self, report: str, key: str) -> TenantReport:
        """Marks the report as being handled by an agent of the Caf."""
        return self._post(TenantReport, "tenant-reports", report, "handling", key=key)

    def answer_report(self, report: str, answer: Mapping[str, object], key: str) -> TenantReport:
        """`answer`: `outcome` (accept, refuse) and the text for the landlord."""
        return self._post(TenantReport, "tenant-reports", report, "answer", body=answer, key=key)

    def landlord(self, landlord: str) -> RegisteredLandlord:
        """The landlord as in the registry; `holds` counts what a move would take along."""
        return self._get(RegisteredLandlord, "landlords", landlord)

    def move_landlord(self, landlord: str, path: str, asked: Mapping[str, Any], key: str) -> RegisteredLandlord:
        """`path`: company, natural-person or caf; Refused 409 when the landlord has changed since it was read."""
        return self._post(RegisteredLandlord, "landlords", landlord, path, body=asked, key=key)

    def list_imports(self, cursor: str = "") -> RegistryListImportsAnswer:
        """The registry files, newest first."""
        return self._get(RegistryListImportsAnswer, "registry-imports", cursor=cursor, limit=20)

    def send_registry(self, filename: str, content: IO[bytes]) -> RegistryImport:
        """Uploads a registry file; it is imported in the background."""
        files = {"file": (filename, content, "text/csv")}
        return read_body(RegistryImport, self._call("POST", "registry-imports", files=files, timeout=UPLOAD_SECONDS))

    def get_import(self, registry_import: str) -> RegistryImport:
        """State and counts."""
        return self._get(RegistryImport, "registry-imports", registry_import)

    def list_import_errors(self, registry_import: str, cursor: str = "") -> ListImportErrorsAnswer:
        """Line, column, rule, message and example of each rejected line."""
        return self._get(
            ListImportErrorsAnswer, "registry-imports", registry_import, "errors", cursor=cursor, limit=100
        )
