"""Declaration imports as the API shows them, to their sender only."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from declaration.api_types.many_tenants import DeclarationImport as ShownImport
from declaration.api_types.many_tenants import DeclarationImportsListImportsAnswer, ListErrorsAnswer, ReportLine
from declaration.declaration_imports.states import LineStatus
from declaration.domain.rows.columns import COLUMNS
from declaration.models import DeclarationImport, DeclarationImportLine
from declaration.sheets.layout import HEADERS


def visible(caller: Caller) -> ColumnElement[bool]:
    """A file shows what one person typed, with that person's rights: nobody else reads it."""
    return (DeclarationImport.account_id == caller.sub) & (DeclarationImport.organisation_id == caller.org)


def find(session: Session, caller: Caller, import_id: UUID, *, change: bool = False) -> DeclarationImport:
    """Raises NotFound for an unknown file, or somebody else's."""
    statement = select(DeclarationImport).where(DeclarationImport.id == import_id, visible(caller))
    row = session.execute(statement.with_for_update() if change else statement).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def page(session: Session, caller: Caller, cursor: str | None, limit: int) -> DeclarationImportsListImportsAnswer:
    """Newest first."""
    key = (DeclarationImport.received_at, DeclarationImport.id)
    statement = select(DeclarationImport).where(visible(caller))
    if after := pagination.after(cursor, clock.parse, UUID):
        statement = statement.where(tuple_(*key) < tuple_(*after))
    found = session.execute(statement.order_by(key[0].desc(), key[1].desc()).limit(limit + 1)).scalars().all()
    rows, following = pagination.page(found, limit, lambda row: (clock.iso(row.received_at), row.id))
    return {"items": [shown(session, row) for row in rows], "next_cursor": following}


def shown(session: Session, row: DeclarationImport) -> ShownImport:
    """The import, with the count of its lines by status."""
    counted = (
        select(DeclarationImportLine.status, func.count())
        .where(DeclarationImportLine.import_id == row.id)
        .group_by(DeclarationImportLine.status)
    )
    counts = Counter({status: count for status, count in session.execute(counted)})
    return {
        "id": str(row.id),
        "filename": row.filename,
        "kind": row.kind,
        "status": row.status,
        "lines": counts.total(),
        "waiting": counts[LineStatus.WAITING],
        "ready": counts[LineStatus.READY],
        "unchanged": counts[LineStatus.UNCHANGED],
        "refused": counts[LineStatus.REFUSED],
        "applied": counts[LineStatus.APPLIED],
        "unknown_columns": row.unknown_columns,
        "refusal": row.refusal,
        "received_at": clock.iso(row.received_at),
        "ended_at": clock.iso(row.ended_at) if row.ended_at else None,
    }


def report(session: Session, row: DeclarationImport, cursor: str | None, limit: int) -> ListErrorsAnswer:
    """What is wrong or left to confirm, in file order; a page is `limit` lines, each with one or more items."""
    here = (DeclarationImportLine.import_id == row.id) & DeclarationImportLine.reported
    total = session.execute(select(func.count()).select_from(DeclarationImportLine).where(here)).scalar_one()
    statement = select(DeclarationImportLine).where(here)
    if after := pagination.after_number(cursor):
        statement = statement.where(DeclarationImportLine.line > after)
    found = session.execute(statement.order_by(DeclarationImportLine.line).limit(limit + 1)).scalars().all()
    lines, following = pagination.page(found, limit, lambda line: (line.line,))
    items = [item for line in lines for item in report_lines(line)]
    return {"items": items, "total": total, "next_cursor": following}


def report_lines(line: DeclarationImportLine) -> Iterable[ReportLine]:
    """Each item to report on a line."""
    for error in line.errors:
        yield {
            "line": line.line,
            "kind": "refused",
            "column": HEADERS.get(error["column"], ""),
            "value": line.cells.get(error["column"], ""),
            "message": error["detail"],
            "rule": error["rule"],
            "example": error["example"],
        }
    confirm = COLUMNS["confirm"]
    for message in line.points:
        yield {
            "line": line.line,
            "kind": "to_confirm",
            "column": confirm.header,
            "value": line.cells.get("confirm", ""),
            "message": message,
            "rule": confirm.rule,
            "example": confirm.example,
        }
