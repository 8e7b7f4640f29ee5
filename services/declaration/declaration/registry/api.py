"""Registry imports, for agents."""

from typing import Any
from uuid import UUID

from chassis.http import agent, read_only, runtime
from werkzeug.datastructures import FileStorage

from declaration import registry
from declaration.api_types.registry import ListImportErrorsAnswer, RegistryImport, RegistryListImportsAnswer
from declaration.campaigns import commands as campaigns_commands
from declaration.files import uploads
from declaration.registry import commands as registry_commands
from declaration.registry import queries


def list_imports(limit: int = 50, cursor: str | None = None) -> RegistryListImportsAnswer:
    with read_only() as session:
        return queries.page(session, agent(), cursor, limit)


def post_import(file: Any = None) -> tuple[RegistryImport, int]:
    """Needs no idempotency key: the same file twice changes nothing, and sent at the same time it is one import."""
    caller = agent()
    if not isinstance(file, FileStorage):
        raise uploads.no_file(registry_commands.EXAMPLE)
    caf_code = None if caller.supervisor else campaigns_commands.caf_of(caller, None)
    name = file.filename or ""
    import_id, _new = registry_commands.receive(
        runtime(), file.stream, name, caf_code=caf_code, sent_by=str(caller.sub)
    )
    return registry.shown(runtime(), import_id), 202


def get_import(import_id: str) -> RegistryImport:
    with read_only() as session:
        return queries.one(session, UUID(import_id), queries.visible(agent()))


def list_import_errors(import_id: str, limit: int = 50, cursor: str | None = None) -> ListImportErrorsAnswer:
    with read_only() as session:
        return queries.errors(session, agent(), UUID(import_id), cursor, limit)
