"""From a line of the file to a row of the staging table, as text that COPY and SQLite take alike."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zlib import crc32

from chassis import ids

from declaration.domain import communes, texts
from declaration.domain.registry.columns import LEGAL_PERSON
from declaration.domain.registry.compiled import Form
from declaration.models import Staged

COLUMNS = tuple(column.name for column in Staged.columns)
# COPY's text format. Values are printable: no tabulation, no line end.
COPY = Form(null=r"\N", escape=lambda text: text.replace("\\", "\\\\"))
PLAIN = Form(null=None, escape=str)


def staged(values: Mapping[str, Any], form: Form, import_id: str, line: int, slices: int) -> tuple[Any, ...]:
    """One row in the order of COLUMNS. A landlord's slice is the same wherever its lines stand in the file."""
    v = values
    legal = v["landlord_kind"] == LEGAL_PERSON
    siret = v["siret"] if legal else form.null
    name = v["landlord_name"] if legal else f"{v['civility']} {v['first_name']} {v['last_name']}"
    tenant = texts.folded(v["tenant_last_name"], v["tenant_first_name"])
    landlord = v["caf_code"] + v["user_number"]
    return (
        *(import_id, crc32(landlord.encode()) % slices, line),
        _organisation_id(v["siret"] if legal else None, v["user_number"]),
        *(v["caf_code"], v["user_number"], v["landlord_kind"], siret, name),
        *(v["civility"], v["last_name"], v["first_name"], v["email"], v["landlord_address"]),
        *(v["housing_type"], v["dwelling_ref"], v["dwelling_address"]),
        *(v["commune_insee"], communes.departement(v["commune_insee"]), v["furnished"], v["single_room"]),
        texts.folded(v["dwelling_address"], v["dwelling_ref"]),
        *(v["tenant_number"], v["tenant_last_name"], v["tenant_first_name"]),
        *(v["lease_start"], v["lease_end"], v["co_tenants"], v["previous_rent"], v["previous_charges"]),
        *(v["benefit_kind"], v["benefit_amount"], v["paid_to_landlord"]),
        *(tenant, f"{tenant} {v['tenant_number'].lower()}"),
    )


def copy_text(rows: list[tuple[Any, ...]]) -> str:
    """The rows in COPY's text format."""
    return "".join(["\t".join(map(str, row)) + "\n" for row in rows])


@lru_cache(maxsize=4096)
def _organisation_id(siret: str | None, user_number: str) -> str:
    return ids.organisation_id(siret=siret, user_number=user_number).hex
