"""Errors per line of a file: one page, the same for every file that the Caf sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from chassis import pagination
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from declaration.api_types.exchange import AnswerErrorsItem
from declaration.models import AnswerImportError, RegistryImportError

E = TypeVar("E", AnswerImportError, RegistryImportError)


@dataclass(frozen=True)
class Page(Generic[E]):
    rows: Sequence[E]
    total: int
    following: str | None


def page(
    session: Session,
    errors: type[E],
    import_id: UUID,
    cursor: str | None,
    limit: int,
) -> Page[E]:
    """In file order, with the total. Raises BadRequest for a cursor that is not of this list."""
    statement = select(errors).where(errors.import_id == import_id)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    if after := pagination.after(cursor, int, int):
        statement = statement.where(tuple_(errors.line, errors.seq) > after)
    found = session.execute(statement.order_by(errors.line, errors.seq).limit(limit + 1)).scalars().all()
    rows, following = pagination.page(found, limit, lambda row: (row.line, row.seq))
    return Page(rows, total, following)


def shown(row: AnswerImportError | RegistryImportError) -> AnswerErrorsItem:
    return {
        "line": row.line,
        "column": row.column,
        "rule": row.rule,
        "message": row.message,
        "example": row.example,
    }
