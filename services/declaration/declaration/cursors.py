"""The place that a cursor holds, as what the rows are ordered by."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from chassis import pagination
from chassis.problems import BadRequest, FieldError

# Of a row number that both databases can hold.
MOST_DIGITS = 18
T = TypeVar("T")


def part(text: str, kind: Callable[[str], T]) -> T:
    """One part of a cursor's key. Raises BadRequest when it is not of that kind."""
    try:
        return kind(text)
    except ValueError:
        detail = "Ce curseur de pagination n’est pas valable."
        raise BadRequest(errors=[FieldError(pointer="/query/cursor", code="cursor", detail=detail)]) from None


def identifier(cursor: str | None) -> UUID | None:
    """Of rows in the order of their ids; None on the first page. Raises BadRequest."""
    key = pagination.decode(cursor, 1)
    return part(key[0], UUID) if key else None


def row_numbers(cursor: str | None, count: int) -> tuple[int, ...] | None:
    """Of rows in the order of so many numbers; None on the first page. Raises BadRequest."""
    key = pagination.decode(cursor, count)
    return tuple(part(each[:MOST_DIGITS], int) for each in key) if key else None
