"""Cursors of lists sorted by one column: what this service did not make is refused, never guessed at."""

from uuid import UUID

from chassis import pagination
from chassis.problems import BadRequest, FieldError

_LONGEST_NUMBER = 18


def number(cursor: str | None) -> int | None:
    """Raises BadRequest."""
    parts = pagination.decode(cursor, 1)
    if parts is None:
        return None
    if not parts[0].isdecimal() or len(parts[0]) > _LONGEST_NUMBER:
        raise _refused()
    return int(parts[0])


def identifier(cursor: str | None) -> UUID | None:
    """Raises BadRequest."""
    parts = pagination.decode(cursor, 1)
    try:
        return None if parts is None else UUID(parts[0])
    except ValueError as error:
        raise _refused() from error


def _refused() -> BadRequest:
    detail = "Ce curseur de pagination n’est pas valable."
    return BadRequest(errors=[FieldError(pointer="/cursor", code="cursor", detail=detail)])
