"""Files of answers and their errors, for agents of the Caf; answers, for everyone who may see the declaration."""

from typing import Any
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import NotFound
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, Row, select, true
from sqlalchemy.orm import Session

from declaration.domain.answers import reasons
from declaration.files import line_errors
from declaration.models import AnswerImport, AnswerImportError, CafAnswer

PLAIN = (
    *("filename", "caf_code", "status", "lines_total", "lines_done", "lines_applied", "lines_unchanged", "lines_bad"),
    *("landlords_told", "unknown_columns", "refusal"),
)
INSTANTS = ("received_at", "started_at", "ended_at")


def visible(caller: Caller) -> ColumnElement[bool]:
    """Imports of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else AnswerImport.caf_code == (caller.caf or "")


def one(session: Session, import_id: UUID, inside: ColumnElement[bool]) -> dict[str, Any]:
    """Raises NotFound."""
    row = session.execute(select(AnswerImport).where(AnswerImport.id == import_id, inside)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return _shown(row)


def state(runtime: Runtime, import_id: UUID) -> dict[str, Any]:
    """The import, for the agent who has just sent it."""
    with runtime.read_only() as session:
        return one(session, import_id, true())


def page(session: Session, caller: Caller, cursor: str | None, limit: int) -> dict[str, Any]:
    """Newest first: ids are in order of time."""
    statement = select(AnswerImport).where(visible(caller))
    if after := pagination.after_id(cursor):
        statement = statement.where(AnswerImport.id < after)
    rows = session.execute(statement.order_by(AnswerImport.id.desc()).limit(limit + 1)).scalars().all()
    shown, following = pagination.page(rows, limit, lambda row: (row.id,))
    return {"items": [_shown(row) for row in shown], "next_cursor": following}


def errors(session: Session, caller: Caller, import_id: UUID, cursor: str | None, limit: int) -> dict[str, Any]:
    """In file order. Raises NotFound."""
    one(session, import_id, visible(caller))
    return line_errors.page(session, AnswerImportError, import_id, cursor, limit)


def _shown(row: AnswerImport) -> dict[str, Any]:
    instants = {name: getattr(row, name) for name in INSTANTS}
    return {
        "id": str(row.id),
        **{name: getattr(row, name) for name in PLAIN},
        **{name: clock.iso(at) if at else None for name, at in instants.items()},
    }


def answer(row: CafAnswer | Row[Any], version: int) -> dict[str, Any]:
    """The Caf's answer on a version, with what the landlord can do."""
    return {
        "version": version,
        "answer": row.answer,
        "label": reasons.label(row.answer, row.reason_code),
        "reason_code": row.reason_code,
        "text": row.text,
        "guidance": reasons.guidance(row.answer, row.reason_code),
        "way_on": reasons.way_on(row.answer, row.reason_code),
        "answered_at": clock.iso(row.answered_at),
    }
