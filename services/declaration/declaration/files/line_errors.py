"""Errors per line of a file: one page, the same for every file that the Caf sends."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import pagination
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from declaration.models import AnswerImportError, RegistryImportError

NAMES = ("line", "column", "rule", "message", "example")


def page(
    session: Session,
    errors: type[AnswerImportError | RegistryImportError],
    import_id: UUID,
    cursor: str | None,
    limit: int,
    names: Sequence[str] = NAMES,
) -> dict[str, Any]:
    """In file order, with the total. Raises BadRequest for a cursor that is not of this list."""
    statement = select(errors).where(errors.import_id == import_id)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    if after := pagination.after(cursor, int, int):
        statement = statement.where(tuple_(errors.line, errors.seq) > after)
    rows: Sequence[Any] = session.execute(statement.order_by(errors.line, errors.seq).limit(limit + 1)).scalars().all()
    shown, following = pagination.page(rows, limit, lambda row: (row.line, row.seq))
    items = [{name: getattr(row, name) for name in names} for row in shown]
    return {"items": items, "total": total, "next_cursor": following}
