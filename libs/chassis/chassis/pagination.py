"""Cursor pagination: the cursor is the sort key of the last row shown, opaque to clients."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from chassis.problems import BadRequest, FieldError

Row = TypeVar("Row")


def encode(key: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([str(part) for part in key])).decode().rstrip("=")


def decode(cursor: str | None, parts: int) -> list[str] | None:
    """Raises BadRequest for a cursor this service did not make."""
    if not cursor:
        return None
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        # PostgreSQL refuses NUL in a text.
        if (
            isinstance(key, list)
            and len(key) == parts
            and all(isinstance(part, str) and "\0" not in part for part in key)
        ):
            return key
    except ValueError:
        pass
    error = FieldError(pointer="/query/cursor", code="cursor", detail="Ce curseur de pagination n’est pas valable.")
    raise BadRequest(errors=[error])


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]) -> tuple[Sequence[Row], str | None]:
    """Cuts ``limit + 1`` fetched rows to a page and its next cursor (None on the last page)."""
    shown = rows[:limit]
    return shown, encode(key(shown[-1])) if len(rows) > limit else None
