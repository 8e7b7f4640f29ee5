"""Whether a row or a request is about the tenant of the declaration: nobody saves on another tenant's."""

from collections.abc import Mapping
from typing import Any

from chassis.problems import FieldError, Invalid
from chassis.texts import full_name

from declaration.domain.rows import cells as texts_of
from declaration.domain.rows import known_columns
from declaration.domain.rows.errors import CellError
from declaration.filing.loading import LoadedDeclaration


def known_tenant(loaded: LoadedDeclaration) -> dict[str, str]:
    """Columns by which people recognise the tenant, and by which rows are told apart."""
    tenancy, of_caf = loaded.tenancy, loaded.known
    return {
        "tenant_number": tenancy.tenant_number,
        "tenant": full_name(tenancy.tenant_last_name, tenancy.tenant_first_name),
        "dwelling": loaded.dwelling.reference,
        "address": ", ".join(loaded.dwelling.address),
        "lease_start": texts_of.from_day(of_caf.lease_start),
        "previous_rent": texts_of.from_amount(of_caf.previous_rent),
        "previous_charges": texts_of.from_amount(of_caf.previous_charges),
    }


def steps_for(loaded: LoadedDeclaration, body: Mapping[str, Any]) -> dict[str, object]:
    """The steps of a draft that states its tenant. Raises Invalid when this is another tenant's declaration."""
    errors = known_columns.of_another(stated_tenant(body), known_tenant(loaded))
    errors += [] if errors else known_columns.changed_since(stated_tenant(body), known_tenant(loaded))
    if errors:
        raise Invalid([_pointed(error) for error in errors])
    steps = {name: value for name, value in body.items() if name not in ("tenant", "dwelling")}
    if not steps:
        raise Invalid([FieldError(pointer="", code="step_missing", detail="Envoyez au moins une étape.")])
    return steps


_POINTERS = {"tenant_number": "/tenant/number", "tenant": "/tenant", "dwelling": "/dwelling/reference"}


def _pointed(error: CellError) -> FieldError:
    pointer = _POINTERS.get(error.column, "/dwelling/address")
    return FieldError(pointer=pointer, code=error.code, detail=error.detail, rule=error.rule, example=error.example)


def stated_tenant(row: Mapping[str, Any]) -> dict[str, str]:
    """The API's description of the tenant, converted to known columns."""
    tenant, dwelling = row.get("tenant", {}), row.get("dwelling", {})
    return {
        "tenant_number": tenant.get("number", ""),
        "tenant": full_name(tenant.get("last_name"), tenant.get("first_name")),
        "dwelling": dwelling.get("reference", ""),
        "address": ", ".join(dwelling.get("address", ())),
        "previous_rent": row.get("previous_rent") or "",
        "previous_charges": row.get("previous_charges") or "",
    }
