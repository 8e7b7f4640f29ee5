"""From lines of text to valid rows in the staging table, batch after batch; where it stopped is in the same commit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, Any
from uuid import UUID

from chassis import ids
from chassis.runtime import Runtime
from sqlalchemy import func, insert, select

from declaration import physical_lines
from declaration.domain import communes, texts
from declaration.domain.registry import lines
from declaration.domain.registry.columns import LEGAL_PERSON
from declaration.domain.registry.lines import Header, LineError
from declaration.models import RegistryImport, RegistryImportError, Staged
from declaration.physical_lines import next_line
from declaration.registry.leases import Lease, held

BATCH = 2_000
# Enough to see what is wrong; a file where every line is bad must not fill the database.
ERRORS_KEPT = 10_000
AS_THEY_ARE = (
    *("caf_code", "user_number", "siret", "civility", "last_name", "first_name", "email", "housing_type"),
    *("dwelling_ref", "commune_insee", "furnished", "single_room", "tenant_number", "tenant_last_name"),
    *("tenant_first_name", "lease_start", "lease_end", "co_tenants", "previous_rent", "previous_charges"),
    *("benefit_kind", "benefit_amount", "paid_to_landlord"),
)


@dataclass
class Batch:
    """What a number of lines gave."""

    done: int = 0
    good: list[dict[str, Any]] = field(default_factory=list)
    bad_lines: int = 0
    errors: list[LineError] = field(default_factory=list)


def stage(runtime: Runtime, lease: Lease, stream: IO[bytes], header: Header, row: RegistryImport) -> Iterator[None]:
    """Stages what the import has not done yet; yields after each commit. `stream` stands after the header."""
    number = 1
    for _ in range(row.lines_done):
        number += 1
        next_line(stream)
    while (batch := _read_batch(stream, header, row, number)).done:
        number += batch.done
        _commit(runtime, lease, batch)
        yield


def _read_batch(stream: IO[bytes], header: Header, row: RegistryImport, number: int) -> Batch:
    batch = Batch()
    while batch.done < BATCH and (raw := next_line(stream)):
        batch.done += 1
        if raw.isspace():
            continue
        values, errors = _read_line(raw, header, number + batch.done, row.caf_code)
        if values is None:
            batch.bad_lines += 1
            batch.errors += errors
        else:
            batch.good.append(_staged(values, row.id, number + batch.done))
    return batch


def _read_line(
    raw: bytes, header: Header, number: int, caf_code: str | None
) -> tuple[dict[str, Any] | None, list[LineError]]:
    values, errors = physical_lines.read_line(raw, header, number)
    if values and caf_code and values["caf_code"] != caf_code:
        return None, [lines.foreign_caf(number)]
    return values, errors


def _staged(values: dict[str, Any], import_id: UUID, line: int) -> dict[str, Any]:
    commune = values["commune_insee"]
    siret = values["siret"] if values["landlord_kind"] == LEGAL_PERSON else None
    tenant = texts.folded(values["tenant_last_name"], values["tenant_first_name"])
    return {
        **{name: values[name] for name in AS_THEY_ARE},
        "import_id": import_id,
        "line": line,
        "landlord_key": values["caf_code"] + values["user_number"],
        "landlord_id": ids.new_id(),
        "dwelling_id": ids.new_id(),
        "tenancy_id": ids.new_id(),
        "organisation_id": _organisation_id(siret, values["user_number"]),
        "kind": values["landlord_kind"],
        "siret": siret,
        "name": _name(values),
        "landlord_address": list(values["landlord_address"]),
        "dwelling_address": list(values["dwelling_address"]),
        "departement": communes.departement(commune),
        "dwelling_search": texts.folded(*values["dwelling_address"], values["dwelling_ref"]),
        "sort_key": tenant,
        "tenant_search": f"{tenant} {values['tenant_number'].lower()}",
    }


@lru_cache(maxsize=4096)
def _organisation_id(siret: str | None, user_number: str) -> UUID:
    return ids.organisation_id(siret=siret, user_number=user_number)


def _name(values: dict[str, Any]) -> str:
    """The company's name, or « M. Prénom Nom »."""
    if values["landlord_kind"] == LEGAL_PERSON:
        return str(values["landlord_name"])
    return f"{values['civility']} {values['first_name']} {values['last_name']}"


def _commit(runtime: Runtime, lease: Lease, batch: Batch) -> None:
    with runtime.transaction() as session:
        held(
            session,
            lease,
            lines_done=RegistryImport.lines_done + batch.done,
            lines_good=RegistryImport.lines_good + len(batch.good),
            lines_bad=RegistryImport.lines_bad + batch.bad_lines,
        )
        if batch.good:
            session.execute(insert(Staged), batch.good)
        if batch.errors:
            of_this = RegistryImportError.import_id == lease.row_id
            kept = session.execute(select(func.count()).select_from(RegistryImportError).where(of_this)).scalar_one()
            rows = [_error(lease.row_id, error) for error in batch.errors[: max(0, ERRORS_KEPT - kept)]]
            session.execute(insert(RegistryImportError), rows) if rows else None


def _error(import_id: UUID, error: LineError) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "line": error.line,
        "column": error.column,
        "rule": error.rule,
        "message": error.message,
        "example": error.example,
    }
