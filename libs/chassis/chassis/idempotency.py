"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header-07): a repeated POST gets the first response again.

The key, the effect and the stored response commit together; a refused request stores nothing and may be retried.
"""

import functools
import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import g, request
from sqlalchemy import Row, Table, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis import clock, http
from chassis.db import insert_new
from chassis.problems import BadRequest, Conflict, FieldError, Invalid

HEADER = "Idempotency-Key"
Handler = TypeVar("Handler", bound=Callable[..., Any])


def idempotent(handler: Handler) -> Handler:
    """For handlers that return ``body``, ``(body, status)`` or ``(body, status, headers)``. Without a key: runs as is.

    Raises Invalid (422) when the key was used with another body, Conflict (409) while the first is still running.
    """

    @functools.wraps(handler)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(*args, **kwargs)
        return _run_once(_checked(key), lambda: handler(*args, **kwargs))

    return wrapper  # type: ignore[return-value]  # same signature, by functools.wraps


def _checked(key: str) -> str:
    cleaned = key.strip('"')
    if 1 <= len(cleaned) <= 255 and cleaned.isascii() and cleaned.isprintable():
        return cleaned
    detail = "« Idempotency-Key » compte 1 à 255 caractères imprimables."
    raise BadRequest(errors=[FieldError(pointer=f"/header/{HEADER}", code="format", detail=detail)])


def _run_once(key: str, run: Callable[[], Any]) -> Any:
    here = http.runtime()
    table = here.service.metadata.tables["idempotency_key"]
    identity = {"caller": str(http.caller().sub), "route": f"{request.method} {request.path}", "key": key}
    with here.transaction() as session:
        stored = _reserve(session, table, identity)
        if stored is not None:
            return _replay(stored)
        g.idempotent_session = session
        try:
            body, status, headers = _normal(run())
        finally:
            del g.idempotent_session
        answer = {
            "finished": True,
            "status": status,
            "body": orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z)),
            "headers": headers,
        }
        session.execute(update(table).where(*_is(table, identity)).values(**answer))
        return body, status, headers


def _reserve(session: Session, table: Table, identity: dict[str, str]) -> Row[Any] | None:
    """None when this request has reserved the key, else the row of the first request."""
    values = {**identity, "fingerprint": _fingerprint(), "created_at": clock.now(), "finished": False}
    try:
        added = insert_new(session, table, values)
    except OperationalError as error:
        # The first request still holds the row: PostgreSQL's lock_timeout, SQLite's busy timeout.
        if getattr(error.orig, "sqlstate", None) == "55P03" or "database is locked" in str(error.orig):
            raise Conflict("La même demande est en cours de traitement.") from error
        raise
    if added:
        return None
    return session.execute(select(table).where(*_is(table, identity))).one()


def _is(table: Table, identity: dict[str, str]) -> list[Any]:
    return [table.c[name] == value for name, value in identity.items()]


def _fingerprint() -> str:
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _replay(stored: Row[Any]) -> Any:
    if stored.fingerprint != _fingerprint():
        detail = "Cette clé a déjà servi à une autre demande."
        raise Invalid([FieldError(pointer=f"/header/{HEADER}", code="reused", detail=detail)])
    return stored.body, stored.status, {**stored.headers, "Idempotent-Replayed": "true"}


def _normal(result: Any) -> tuple[Any, int, dict[str, str]]:
    if not isinstance(result, tuple):
        return result, 200, {}
    body, status, *rest = result
    return body, int(status), dict(rest[0]) if rest else {}
