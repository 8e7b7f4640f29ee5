"""Registry imports and their errors as the API shows them, to agents of the Caf that sent them."""

from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from declaration.api_types.registry import ListImportErrorsAnswer, RegistryListImportsAnswer, ThreeCounts
from declaration.api_types.registry import RegistryImport as ShownImport
from declaration.files import line_errors
from declaration.models import RegistryImport, RegistryImportError


def visible(caller: Caller) -> ColumnElement[bool]:
    """Imports of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else RegistryImport.caf_code == (caller.caf or "")


def one(session: Session, import_id: UUID, inside: ColumnElement[bool] | None = None) -> ShownImport:
    """Raises NotFound."""
    statement = select(RegistryImport).where(RegistryImport.id == import_id, true() if inside is None else inside)
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound
    return _shown(row)


def page(session: Session, caller: Caller, cursor: str | None, limit: int) -> RegistryListImportsAnswer:
    """Newest first: ids are in order of time."""
    statement = select(RegistryImport).where(visible(caller))
    if after := pagination.after_id(cursor):
        statement = statement.where(RegistryImport.id < after)
    rows = session.execute(statement.order_by(RegistryImport.id.desc()).limit(limit + 1)).scalars().all()
    shown, following = pagination.page(rows, limit, lambda row: (row.id,))
    return {"items": [_shown(row) for row in shown], "next_cursor": following}


def errors(session: Session, caller: Caller, import_id: UUID, cursor: str | None, limit: int) -> ListImportErrorsAnswer:
    """In file order. Raises NotFound."""
    one(session, import_id, visible(caller))
    found = line_errors.page(session, RegistryImportError, import_id, cursor, limit)
    return {
        "items": [{**line_errors.shown(row), "severity": row.severity} for row in found.rows],
        "total": found.total,
        "next_cursor": found.following,
    }


def _shown(row: RegistryImport) -> ShownImport:
    return {
        "id": str(row.id),
        "filename": row.filename,
        "caf_code": row.caf_code,
        "status": row.status,
        "lines_total": row.lines_total,
        "lines_done": row.lines_done,
        "lines_good": row.lines_good,
        "lines_bad": row.lines_bad,
        "lines_merged": row.lines_merged,
        "unknown_columns": row.unknown_columns,
        "refusal": row.refusal,
        "created": _counts(row.created_landlords, row.created_dwellings, row.created_tenancies),
        "updated": _counts(row.updated_landlords, row.updated_dwellings, row.updated_tenancies),
        "received_at": clock.iso(row.received_at),
        "started_at": clock.iso(row.started_at) if row.started_at else None,
        "ended_at": clock.iso(row.ended_at) if row.ended_at else None,
    }


def _counts(landlords: int, dwellings: int, tenancies: int) -> ThreeCounts:
    return {"landlords": landlords, "dwellings": dwellings, "tenancies": tenancies}
