"""Selects the versions of a batch: one statement, in the transaction that inserts the batch's row.

No clock and no sequence says what is new: a version committed late simply has no batch yet, and goes in the next.
"""

from datetime import date
from uuid import UUID

from chassis import clock, journal
from chassis.db import changed, insert_new
from chassis.ids import new_id
from chassis.problems import Conflict
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from declaration.domain.exports.states import Status
from declaration.models import DeclarationVersion, ExportBatch, ExportSeries, RentDeclaration


def claim(session: Session, caf_code: str, made_by: str) -> ExportBatch:
    """The Caf's next batch. Raises Conflict when nothing was transmitted since the last one."""
    batch = next_batch(session, series(session, caf_code), made_by)
    if batch is None:
        raise Conflict("Rien n’a été transmis depuis le dernier export.")
    return batch


def series(session: Session, caf_code: str) -> ExportSeries:
    """The Caf's row, locked until the end of the transaction, so that its batches are numbered in sequence."""
    insert_new(session, ExportSeries, {"caf_code": caf_code, "last_number": 0})
    held = select(ExportSeries).where(ExportSeries.caf_code == caf_code).with_for_update()
    return session.execute(held).scalar_one()


def next_batch(session: Session, held: ExportSeries, made_by: str, day: date | None = None) -> ExportBatch | None:
    """None when nothing waits, and then no number is used. `day`: the French day of a scheduled export."""
    export_id = new_id()
    lines = _take(session, export_id, held.caf_code)
    held.scheduled_on = day or held.scheduled_on
    if not lines:
        return None
    held.last_number += 1
    batch = ExportBatch(
        id=export_id,
        caf_code=held.caf_code,
        number=held.last_number,
        status=Status.PLANNED.value,
        lines=lines,
        claimed_at=clock.now(),
        made_by=made_by,
        storage_key=f"exports/{held.caf_code}/{export_id}.zip",
    )
    session.add(batch)
    session.flush()
    after = {"number": batch.number, "lines": lines}
    journal.record(
        session, actor=made_by, action="export.made", subject=export_id, perimeter=held.caf_code, after=after
    )
    return batch


def _take(session: Session, export_id: UUID, caf_code: str) -> int:
    """Gives the batch every version without one. A version being superseded at that moment waits for the next batch."""
    waiting = (
        select(DeclarationVersion.id)
        .join(RentDeclaration, RentDeclaration.id == DeclarationVersion.declaration_id)
        .where(DeclarationVersion.export_id.is_(None), RentDeclaration.caf_code == caf_code)
        .with_for_update(of=DeclarationVersion, skip_locked=True)
    )
    taken = update(DeclarationVersion).where(DeclarationVersion.id.in_(waiting), DeclarationVersion.export_id.is_(None))
    return changed(session.execute(taken.values(export_id=export_id), execution_options={"synchronize_session": False}))
