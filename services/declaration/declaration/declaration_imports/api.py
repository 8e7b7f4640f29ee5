"""Declaration imports: the template, the file sent back, its report, its application."""

from typing import Any
from uuid import UUID

from chassis.http import landlord, read_only, runtime, settings, transaction
from werkzeug.datastructures import FileStorage

from declaration.api_types.many_tenants import DeclarationImport, DeclarationImportsListImportsAnswer, ListErrorsAnswer
from declaration.declaration_imports import applying, commands, corrected_file, queries
from declaration.listing import Filters
from declaration.settings import own
from declaration.sheets import template, writing

File = tuple[bytes, int, dict[str, str]]


def _file(content: bytes, kind: str, name: str) -> File:
    headers = {
        "Content-Type": writing.MEDIA_TYPES[kind],
        "Content-Disposition": f'attachment; filename="{name}.{kind}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return content, 200, headers


def get_template(
    format: str,
    campaign: int | None = None,
    housing_type: str | None = None,
    zone: str | None = None,
    q: str | None = None,
) -> File:
    filters = Filters(campaign, None, housing_type, zone, q)
    with read_only() as session:
        content = template.make(session, landlord(), filters, format, own(settings()).import_max_lines)
    return _file(content, format, "loyers-juillet")


def list_imports(cursor: str | None = None, limit: int = 50) -> DeclarationImportsListImportsAnswer:
    with read_only() as session:
        return queries.page(session, landlord(), cursor, limit)


def post_import(file: Any = None) -> tuple[DeclarationImport, int]:
    """Needs no idempotency key: the same file twice changes nothing."""
    caller = landlord()
    if not isinstance(file, FileStorage):
        raise commands.refused("required", "Choisissez le fichier à envoyer.")
    import_id = commands.receive(runtime(), caller, file.stream, file.filename or "", own(settings()).import_max_bytes)
    return get_import(str(import_id)), 202


def get_import(import_id: str) -> DeclarationImport:
    with read_only() as session:
        return queries.shown(session, queries.find(session, landlord(), UUID(import_id)))


def list_errors(import_id: str, cursor: str | None = None, limit: int = 50) -> ListErrorsAnswer:
    with read_only() as session:
        return queries.report(session, queries.find(session, landlord(), UUID(import_id)), cursor, limit)


def get_correction(import_id: str) -> File:
    with read_only() as session:
        row = queries.find(session, landlord(), UUID(import_id))
        content, kind = corrected_file.make(session, landlord(), row)
    return _file(content, kind, "loyers-a-corriger")


def post_application(import_id: str) -> tuple[DeclarationImport, int]:
    """Needs no idempotency key: a second request does nothing more."""
    with transaction() as session:
        row = queries.find(session, landlord(), UUID(import_id), change=True)
        applying.ask(session, row)
        return queries.shown(session, row), 202
