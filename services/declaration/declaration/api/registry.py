"""The Caf's registry file, for agents."""

from typing import Any
from uuid import UUID

from chassis.http import agent, reading, runtime
from werkzeug.datastructures import FileStorage

from declaration import campaigns, registry, uploads
from declaration.registry import reception, views


def list_imports(limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    with reading() as session:
        return views.page(session, agent(), cursor, limit)


def post_import(file: Any = None) -> tuple[dict[str, Any], int]:
    """Needs no idempotency key: the same file twice changes nothing, and together it is one import."""
    caller = agent()
    if not isinstance(file, FileStorage):
        raise uploads.no_file(reception.EXAMPLE)
    caf_code = None if caller.supervisor else campaigns.caf_of(caller, None)
    name = file.filename or ""
    import_id, _new = reception.receive(runtime(), file.stream, name, caf_code=caf_code, sent_by=str(caller.sub))
    return registry.shown(runtime(), import_id), 202


def get_import(import_id: str) -> dict[str, Any]:
    with reading() as session:
        return views.one(session, UUID(import_id), views.visible(agent()))


def list_import_errors(import_id: str, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    with reading() as session:
        return views.errors(session, agent(), UUID(import_id), cursor, limit)
