"""Purge of import lines and of lines left out of batches: counts stay, what names a tenant is removed."""

from datetime import timedelta

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import delete, select

from declaration.declaration_imports.states import UNDER_WAY
from declaration.models import BatchTransmission, BatchTransmissionLine, DeclarationImport, DeclarationImportLine
from declaration.settings import own


def purge(runtime: Runtime) -> None:
    """Periodic job: removes lines of old files and batches. What was transmitted stays in its own version."""
    old = clock.now() - timedelta(days=own(runtime.settings).many_kept_days)
    under_way = [status.value for status in UNDER_WAY]
    files = select(DeclarationImport.id).where(
        DeclarationImport.received_at < old, DeclarationImport.status.not_in(under_way)
    )
    batches = select(BatchTransmission.id).where(BatchTransmission.ended_at < old)
    with runtime.transaction() as session:
        session.execute(delete(DeclarationImportLine).where(DeclarationImportLine.import_id.in_(files)))
        session.execute(delete(BatchTransmissionLine).where(BatchTransmissionLine.lot_id.in_(batches)))
