"""Batch transmissions as the API shows them, to the person who requested them only."""

from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import NotFound
from chassis.texts import full_name
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from declaration.api_types.many_tenants import ListLinesAnswer, ListLotsAnswer, Lot, LotLine, LotLineTenant
from declaration.batch_transmissions.states import LineStatus
from declaration.filing import loading
from declaration.filing.loading import LoadedDeclaration
from declaration.models import BatchTransmission, BatchTransmissionLine, DeclarationVersion


def visible(caller: Caller) -> ColumnElement[bool]:
    """A batch belongs to the person who requested it."""
    return (BatchTransmission.account_id == caller.sub) & (BatchTransmission.organisation_id == caller.org)


def find(session: Session, caller: Caller, lot_id: UUID) -> BatchTransmission:
    """Raises NotFound for an unknown batch, or somebody else's."""
    row = session.execute(
        select(BatchTransmission).where(BatchTransmission.id == lot_id, visible(caller))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def page(session: Session, caller: Caller, cursor: str | None, limit: int) -> ListLotsAnswer:
    """Newest first."""
    statement = select(BatchTransmission).where(visible(caller))
    if after := pagination.after_id(cursor):
        statement = statement.where(BatchTransmission.id < after)
    found = session.execute(statement.order_by(BatchTransmission.id.desc()).limit(limit + 1)).scalars().all()
    rows, following = pagination.page(found, limit, lambda row: (row.id,))
    return {"items": [shown(session, row) for row in rows], "next_cursor": following}


def shown(session: Session, batch: BatchTransmission) -> Lot:
    """The batch, with the count of its declarations by status."""
    counted = (
        select(BatchTransmissionLine.status, func.count())
        .where(BatchTransmissionLine.lot_id == batch.id)
        .group_by(BatchTransmissionLine.status)
    )
    found: dict[str, int] = {status: count for status, count in session.execute(counted)}
    return {
        "id": str(batch.id),
        "reference": batch.reference,
        "status": batch.status,
        "total": sum(found.values()),
        "waiting": found.get(LineStatus.WAITING, 0),
        "transmitted": found.get(LineStatus.TRANSMITTED, 0),
        "refused": found.get(LineStatus.REFUSED, 0),
        "requested_at": clock.iso(batch.requested_at),
        "ended_at": clock.iso(batch.ended_at) if batch.ended_at else None,
    }


def lines(
    session: Session, caller: Caller, batch: BatchTransmission, status: str | None, cursor: str | None, limit: int
) -> ListLinesAnswer:
    """The declarations of a batch; a tenant is named only while the caller may see them."""
    made = (DeclarationVersion.declaration_id == BatchTransmissionLine.declaration_id) & (
        DeclarationVersion.version == BatchTransmissionLine.version
    )
    statement = select(BatchTransmissionLine, DeclarationVersion.reference).outerjoin(DeclarationVersion, made)
    statement = statement.where(BatchTransmissionLine.lot_id == batch.id)
    if status:
        statement = statement.where(BatchTransmissionLine.status == status)
    if after := pagination.after_id(cursor):
        statement = statement.where(BatchTransmissionLine.declaration_id > after)
    rows = session.execute(statement.order_by(BatchTransmissionLine.declaration_id).limit(limit + 1)).all()
    found, following = pagination.page(rows, limit, lambda row: (row[0].declaration_id,))
    seen = loading.many(session, caller, [line.declaration_id for line, _reference in found])
    items = [_line(line, reference, seen.get(line.declaration_id)) for line, reference in found]
    return {"items": items, "next_cursor": following}


def _line(line: BatchTransmissionLine, reference: str | None, loaded: LoadedDeclaration | None) -> LotLine:
    tenancy = loaded.tenancy if loaded else None
    tenant: LotLineTenant | None = None
    if tenancy:
        name = full_name(tenancy.tenant_last_name, tenancy.tenant_first_name)
        tenant = {"number": tenancy.tenant_number, "name": name}
    return {
        "declaration_id": str(line.declaration_id),
        "status": line.status,
        "code": line.code,
        "detail": line.detail,
        "version": line.version,
        "reference": reference if loaded else None,
        "tenant": tenant,
        "dwelling": loaded.dwelling.reference if loaded else None,
    }
