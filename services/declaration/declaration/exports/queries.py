"""Export batches as agents see them, their files, and the Caf's receipt."""

from datetime import datetime
from uuid import UUID

import structlog
from chassis import clock, journal, pagination
from chassis.auth import Caller
from chassis.problems import Conflict, FieldError, Gone, Invalid, NotFound, Unavailable
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from declaration.api_types.exchange import Export, ListExportsAnswer
from declaration.domain.exports import manifest
from declaration.domain.exports.states import LABELS, Status, Trigger, advance
from declaration.exports import jobs
from declaration.models import ExportBatch

log = structlog.get_logger()


def visible(caller: Caller) -> ColumnElement[bool]:
    """Batches of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else ExportBatch.caf_code == (caller.caf or "")


def find(session: Session, caller: Caller, export_id: UUID, *, change: bool = False) -> ExportBatch:
    """Raises NotFound outside the caller's perimeter. `change` locks the row until the end of the transaction."""
    statement = select(ExportBatch).where(ExportBatch.id == export_id, visible(caller))
    row = session.execute(statement.with_for_update() if change else statement).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def page(session: Session, caller: Caller, cursor: str | None, limit: int) -> ListExportsAnswer:
    """Newest first: ids are in order of time."""
    statement = select(ExportBatch).where(visible(caller))
    if after := pagination.after_id(cursor):
        statement = statement.where(ExportBatch.id < after)
    rows = session.execute(statement.order_by(ExportBatch.id.desc()).limit(limit + 1)).scalars().all()
    found, following = pagination.page(rows, limit, lambda row: (row.id,))
    return {"items": [shown(row) for row in found], "next_cursor": following}


def shown(batch: ExportBatch) -> Export:
    return {
        "id": str(batch.id),
        "caf_code": batch.caf_code,
        "number": batch.number,
        "status": batch.status,
        "status_label": LABELS[Status(batch.status)],
        "lines": batch.lines,
        "lines_done": batch.lines_done,
        "size": batch.size,
        "manifest_sha256": batch.manifest_sha256,
        "claimed_at": clock.iso(batch.claimed_at),
        "ready_at": _instant(batch.ready_at),
        "acknowledged_at": _instant(batch.acknowledged_at),
        "purged_at": _instant(batch.purged_at),
        "manifest": batch.manifest,
    }


def _instant(at: datetime | None) -> str | None:
    return clock.iso(at) if at else None


def note_download(session: Session, caller: Caller, batch: ExportBatch) -> None:
    """Records who downloaded a file full of names in the journal."""
    after = {"number": batch.number}
    journal.record(
        session,
        actor=caller.sub,
        action="export.downloaded",
        subject=batch.id,
        perimeter=batch.caf_code,
        after=after,
    )


def content(runtime: Runtime, batch: ExportBatch) -> bytes:
    """The ZIP. Raises Conflict before it is written, Gone once erased, Unavailable when it is no longer the same."""
    if batch.status == Status.PLANNED:
        raise Conflict("Ce lot est en cours de préparation : réessayez dans quelques instants.")
    if batch.status == Status.PURGED:
        raise Gone("Le fichier de ce lot a été effacé après le délai de conservation.")
    storage = Storage(runtime.settings.storage_url)
    if not storage.exists(batch.storage_key):
        _write_again(runtime, storage, batch)
    return storage.get(batch.storage_key)


def _write_again(runtime: Runtime, storage: Storage, batch: ExportBatch) -> None:
    """Rewrites a file lost from storage: the rows give the same bytes."""
    made = jobs.write_file(runtime, batch, lambda _done: None)
    if manifest.sha256(manifest.to_bytes(made.manifest)) != batch.manifest_sha256:
        storage.delete(batch.storage_key)
        log.error("an export made again differs", export_id=str(batch.id))
        raise Unavailable


def acknowledge(session: Session, caller: Caller, batch: ExportBatch, lines: int, manifest_sha256: str) -> None:
    """Records that the Caf has the whole batch. Raises Invalid when its counts differ, Conflict when too early."""
    following = advance(Status(batch.status), Trigger.ACKNOWLEDGE)
    wrong = [
        FieldError(pointer=f"/{name}", code="differs", detail=detail, rule="ce que dit le manifeste du lot")
        for name, given, expected, detail in (
            ("lines", lines, batch.lines, "Ce n’est pas le nombre de lignes de ce lot."),
            ("manifest_sha256", manifest_sha256, batch.manifest_sha256, "Ce n’est pas l’empreinte de son manifeste."),
        )
        if given != expected
    ]
    if wrong:
        raise Invalid(wrong)
    if batch.acknowledged_at is not None:
        return
    before = {"status": batch.status}
    batch.status = following.value
    batch.acknowledged_at, batch.acknowledged_by = clock.now(), str(caller.sub)
    journal.record(
        session,
        actor=caller.sub,
        action="export.acknowledged",
        subject=batch.id,
        perimeter=batch.caf_code,
        before=before,
        after={"status": batch.status, "number": batch.number},
    )
