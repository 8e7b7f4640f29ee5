"""Files of answers and their errors, for agents of the Caf; answers, for everyone who may see the declaration."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import NotFound
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, Row, select, true
from sqlalchemy.orm import Session

from declaration.api_types.exchange import AnswerErrors, ListAnswerImportsAnswer
from declaration.api_types.exchange import AnswerImport as ShownImport
from declaration.api_types.shared import Answer
from declaration.domain.answers import reasons
from declaration.files import line_errors
from declaration.models import AnswerImport, AnswerImportError


def visible(caller: Caller) -> ColumnElement[bool]:
    """Imports of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else AnswerImport.caf_code == (caller.caf or "")


def one(session: Session, import_id: UUID, inside: ColumnElement[bool]) -> ShownImport:
    """Raises NotFound."""
    row = session.execute(select(AnswerImport).where(AnswerImport.id == import_id, inside)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return _shown(row)


def state(runtime: Runtime, import_id: UUID) -> ShownImport:
    """The import, for the agent who has just sent it."""
    with runtime.read_only() as session:
        return one(session, import_id, true())


def page(session: Session, caller: Caller, cursor: str | None, limit: int) -> ListAnswerImportsAnswer:
    """Newest first: ids are in order of time."""
    statement = select(AnswerImport).where(visible(caller))
    if after := pagination.after_id(cursor):
        statement = statement.where(AnswerImport.id < after)
    rows = session.execute(statement.order_by(AnswerImport.id.desc()).limit(limit + 1)).scalars().all()
    shown, following = pagination.page(rows, limit, lambda row: (row.id,))
    return {"items": [_shown(row) for row in shown], "next_cursor": following}


def errors(session: Session, caller: Caller, import_id: UUID, cursor: str | None, limit: int) -> AnswerErrors:
    """In file order. Raises NotFound."""
    one(session, import_id, visible(caller))
    found = line_errors.page(session, AnswerImportError, import_id, cursor, limit)
    items = [line_errors.shown(row) for row in found.rows]
    return {"items": items, "total": found.total, "next_cursor": found.following}


def _shown(row: AnswerImport) -> ShownImport:
    return {
        "id": str(row.id),
        "filename": row.filename,
        "caf_code": row.caf_code,
        "status": row.status,
        "lines_total": row.lines_total,
        "lines_done": row.lines_done,
        "lines_applied": row.lines_applied,
        "lines_unchanged": row.lines_unchanged,
        "lines_bad": row.lines_bad,
        "landlords_told": row.landlords_told,
        "unknown_columns": row.unknown_columns,
        "refusal": row.refusal,
        "received_at": clock.iso(row.received_at),
        "started_at": clock.iso(row.started_at) if row.started_at else None,
        "ended_at": clock.iso(row.ended_at) if row.ended_at else None,
    }


class Answered(Protocol):
    """The columns of an answer, in a row of whatever statement."""

    @property
    def answer(self) -> str: ...
    @property
    def reason_code(self) -> str | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def answered_at(self) -> datetime: ...


def answer(row: Answered | Row[Any], version: int) -> Answer:
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
