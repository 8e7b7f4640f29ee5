"""Registry imports and their errors as the API shows them, to agents of the Caf that sent them."""

from typing import Any
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from declaration.files import line_errors
from declaration.models import RegistryImport, RegistryImportError

KINDS = ("landlords", "dwellings", "tenancies")
PLAIN = ("filename", "caf_code", "status", "lines_total", "lines_done", "lines_good", "lines_bad", "lines_merged")


def visible(caller: Caller) -> ColumnElement[bool]:
    """Imports of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else RegistryImport.caf_code == (caller.caf or "")


def one(session: Session, import_id: UUID, inside: ColumnElement[bool] | None = None) -> dict[str, Any]:
    """Raises NotFound."""
    statement = select(RegistryImport).where(RegistryImport.id == import_id, true() if inside is None else inside)
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound
    return _shown(row)


def page(session: Session, caller: Caller, cursor: str | None, limit: int) -> dict[str, Any]:
    """Newest first: ids are in order of time."""
    statement = select(RegistryImport).where(visible(caller))
    if after := pagination.after_id(cursor):
        statement = statement.where(RegistryImport.id < after)
    rows = session.execute(statement.order_by(RegistryImport.id.desc()).limit(limit + 1)).scalars().all()
    shown, following = pagination.page(rows, limit, lambda row: (row.id,))
    return {"items": [_shown(row) for row in shown], "next_cursor": following}


def errors(session: Session, caller: Caller, import_id: UUID, cursor: str | None, limit: int) -> dict[str, Any]:
    """In file order. Raises NotFound."""
    one(session, import_id, visible(caller))
    return line_errors.page(
        session, RegistryImportError, import_id, cursor, limit, names=(*line_errors.NAMES, "severity")
    )


def _shown(row: RegistryImport) -> dict[str, Any]:
    return {
        "id": str(row.id),
        **{name: getattr(row, name) for name in PLAIN},
        "unknown_columns": row.unknown_columns,
        "refusal": row.refusal,
        "created": {kind: getattr(row, f"created_{kind}") for kind in KINDS},
        "updated": {kind: getattr(row, f"updated_{kind}") for kind in KINDS},
        "received_at": clock.iso(row.received_at),
        "started_at": clock.iso(row.started_at) if row.started_at else None,
        "ended_at": clock.iso(row.ended_at) if row.ended_at else None,
    }
