"""From lines of the file to rows of the staging table, as text that both COPY and SQLite accept."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any
from zlib import crc32

from chassis import ids
from chassis.texts import full_name

from declaration.domain import communes, texts
from declaration.domain.registry.columns import LEGAL_PERSON
from declaration.domain.registry.compiled import Form

# Columns of the staging table.
COLUMNS = (
    "import_id",
    "slice",
    "line",
    "organisation_id",
    "caf_code",
    "user_number",
    "kind",
    "siret",
    "name",
    "civility",
    "last_name",
    "first_name",
    "email",
    "landlord_address",
    "housing_type",
    "dwelling_ref",
    "dwelling_address",
    "commune_insee",
    "departement",
    "furnished",
    "single_room",
    "dwelling_search",
    "tenant_number",
    "tenant_last_name",
    "tenant_first_name",
    "lease_start",
    "lease_end",
    "co_tenants",
    "previous_rent",
    "previous_charges",
    "benefit_kind",
    "benefit_amount",
    "paid_to_landlord",
    "sort_key",
    "tenant_search",
)
# COPY's text format. Values are printable: no tabulation, no line end.
COPY = Form(null=r"\N", escape=lambda text: text.replace("\\", "\\\\"))
PLAIN = Form(null=None, escape=str)
# Columns of the file that have another name in the staging table.
_RENAMED = {"kind": "landlord_kind"}

_departement = lru_cache(maxsize=4096)(communes.departement)

Row = tuple[Any, ...]


def staged(
    columns: Mapping[str, Sequence[Any]], form: Form, import_id: str, numbers: Iterable[int], slices: int
) -> Iterable[Row]:
    """Rows in the order of COLUMNS. All lines of a user number are in one slice, wherever they stand in the file and
    whatever Caf they name: who owns the number is checked there."""
    legal = [kind == LEGAL_PERSON for kind in columns["landlord_kind"]]
    sirets = [siret if company else form.null for siret, company in zip(columns["siret"], legal, strict=True)]
    users = columns["user_number"]
    # A tenant with one name only has an empty first name, never null.
    first_names = ["" if name == form.null else name for name in columns["tenant_first_name"]]
    tenants = texts.folded_each(_joined(columns["tenant_last_name"], first_names))
    numbered = zip(tenants, columns["tenant_number"], strict=True)
    derived: dict[str, Iterable[Any]] = {
        "import_id": repeat(import_id),
        "slice": [str(crc32(user.encode()) % slices) for user in users],
        "line": map(str, numbers),
        "organisation_id": [
            _organisation_id(siret if company else None, user)
            for siret, company, user in zip(sirets, legal, users, strict=True)
        ],
        "siret": sirets,
        "name": _names(columns, legal, form),
        "tenant_first_name": first_names,
        "departement": map(_departement, columns["commune_insee"]),
        "dwelling_search": texts.folded_each(_joined(columns["dwelling_address"], columns["dwelling_ref"])),
        "sort_key": tenants,
        "tenant_search": [f"{tenant} {number.lower()}" for tenant, number in numbered],
    }
    # `repeat` is infinite: the other columns end the loop.
    ordered = [derived[name] if name in derived else columns[_RENAMED.get(name, name)] for name in COLUMNS]
    return zip(*ordered, strict=False)


def copy_text(rows: Iterable[Row]) -> str:
    """The rows in COPY's text format."""
    return "".join([f"{row}\n" for row in map("\t".join, rows)])


def _joined(first: Sequence[str], second: Sequence[str]) -> Iterable[str]:
    return map(" ".join, zip(first, second, strict=True))


def _names(columns: Mapping[str, Sequence[Any]], legal: Sequence[bool], form: Form) -> list[str]:
    """A company's own name, or the civility and names of a person."""
    first_names = (None if name == form.null else name for name in columns["first_name"])
    persons = zip(columns["civility"], first_names, columns["last_name"], strict=True)
    rows = zip(columns["landlord_name"], persons, legal, strict=True)
    return [name if company else full_name(*person) for name, person, company in rows]


@lru_cache(maxsize=4096)
def _organisation_id(siret: str | None, user_number: str) -> str:
    return ids.organisation_id(siret=siret, user_number=user_number).hex
