"""The Caf's answers, for its agents."""

from typing import Any
from uuid import UUID

from chassis.http import agent, reading, runtime
from werkzeug.datastructures import FileStorage

from declaration import campaigns, uploads
from declaration.answers import reception, views


def list_answer_imports(limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    who = agent()
    with reading() as session:
        return views.page(session, who, cursor, limit)


def post_answers(file: Any = None, caf_code: str | None = None) -> tuple[dict[str, Any], int]:
    """Needs no idempotency key: the same content is the same import."""
    who = agent()
    if not isinstance(file, FileStorage):
        raise uploads.no_file(reception.EXAMPLE)
    caf, name = campaigns.caf_of(who, caf_code), file.filename or ""
    import_id, new = reception.receive(runtime(), file.stream, name, caf_code=caf, sent_by=str(who.sub))
    return views.state(runtime(), import_id), 202 if new else 200


def get_answer_import(import_id: str) -> dict[str, Any]:
    with reading() as session:
        return views.one(session, UUID(import_id), views.visible(agent()))


def list_answer_errors(import_id: str, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    with reading() as session:
        return views.errors(session, agent(), UUID(import_id), cursor, limit)
