"""Cursor pagination: a cursor is the last row's sort key, opaque and valid only for the list that issued it.

A list is an operation's path with its filters. Each cursor is sealed for its list: a cursor of another list, of other
filters or a forged one is refused, so no SQL statement gets a key of the wrong type.
"""

import base64
import hmac
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import orjson

from chassis.problems import BadRequest, FieldError

Row = TypeVar("Row")
SEAL_BYTES = 12
# Query parameters that do not change which list it is.
_PLACE_AND_SIZE = frozenset({"cursor", "limit"})
# The list of the current request: secret, path, query. None outside requests, e.g. on the command line.
_asked: ContextVar[tuple[str, str, bytes]] = ContextVar("asked", default=("", "", b""))


def of_request(secret: str, path: str, query: bytes) -> None:
    """Sets the list of this request; ``secret`` is the same in all processes of the service."""
    _asked.set((secret, path, query))


def encode(key: Sequence[Any], within: Sequence[Any] = ()) -> str:
    """The cursor for a key; ``within``: filters that are not in the query string."""
    text = orjson.dumps([str(part) for part in key])
    return base64.urlsafe_b64encode(_seal(text, within) + text).decode().rstrip("=")


def after(
    cursor: str | None, *kinds: Callable[[str], Any], within: Sequence[Any] = (), pointer: str = "/query/cursor"
) -> tuple[Any, ...] | None:
    """The key in the cursor, each part parsed as its type; None on the first page.

    Raises BadRequest for a cursor that this list did not issue for these filters.
    """
    if not cursor:
        return None
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        seal, text = sealed[:SEAL_BYTES], sealed[SEAL_BYTES:]
        if not hmac.compare_digest(seal, _seal(text, within)):
            raise ValueError("not of this list")
        # Ours, but perhaps from an earlier version, whose key had other parts.
        return tuple(kind(part) for kind, part in zip(kinds, orjson.loads(text), strict=True))
    except (ValueError, OverflowError):
        detail = "Ce curseur de pagination n’est pas valable pour cette liste et ces filtres."
        error = FieldError(pointer=pointer, code="cursor", detail=detail, rule="Reprenez « next_cursor » tel quel.")
        raise BadRequest(errors=[error]) from None


def after_id(cursor: str | None) -> UUID | None:
    """The key of a list ordered by id; None on the first page. Raises BadRequest."""
    key = after(cursor, UUID)
    return key[0] if key else None


def after_number(cursor: str | None) -> int | None:
    """The key of a list ordered by a counter; None on the first page. Raises BadRequest."""
    key = after(cursor, int)
    return key[0] if key else None


def page(
    rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]], within: Sequence[Any] = ()
) -> tuple[Sequence[Row], str | None]:
    """Cuts ``limit + 1`` fetched rows into a page and its next cursor (None on the last page)."""
    shown = rows[:limit]
    return shown, encode(key(shown[-1]), within) if len(rows) > limit else None


def _seal(text: bytes, within: Sequence[Any]) -> bytes:
    secret, path, query = _asked.get()
    asked = parse_qsl(query.decode("latin-1"))
    filters = sorted(pair for pair in asked if pair[0] not in _PLACE_AND_SIZE)
    place = orjson.dumps(["cursor", path, filters, [str(each) for each in within], text.decode("utf-8", "replace")])
    return hmac.digest(secret.encode(), place, "sha256")[:SEAL_BYTES]
