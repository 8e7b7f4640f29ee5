"""Tables of the portfolio: each column with the file's column that fills it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, MetaData, Select, Table, and_, func, literal, select

from declaration.models import Base, Dwelling, Landlord, Staged, Tenancy

# The lines of a slice. Dropped with its transaction.
SLICE = Table(
    "registry_slice_lines",
    MetaData(),
    *[Column(each.name, each.type) for each in Staged.columns if each.name not in ("import_id", "slice")],
    # The known first day of the lease: differs from the line's when the line corrects it.
    Column("known_start", Date),
    prefixes=["TEMPORARY"],
)
LINE = SLICE.c
LANDLORD: Mapping[str, ColumnElement[Any]] = {
    "organisation_id": LINE.organisation_id,
    "kind": LINE.kind,
    "siret": LINE.siret,
    "name": LINE.name,
    "civility": LINE.civility,
    "last_name": LINE.last_name,
    "first_name": LINE.first_name,
    "email": LINE.email,
    "address": LINE.landlord_address,
}
DWELLING: Mapping[str, ColumnElement[Any]] = {
    "housing_type": LINE.housing_type,
    "address": LINE.dwelling_address,
    "commune_insee": LINE.commune_insee,
    "departement": LINE.departement,
    "furnished": LINE.furnished,
    "single_room": LINE.single_room,
    "search": LINE.dwelling_search,
}
TENANCY: Mapping[str, ColumnElement[Any]] = {
    "tenant_last_name": LINE.tenant_last_name,
    "tenant_first_name": LINE.tenant_first_name,
    "lease_start": LINE.lease_start,
    "lease_end": LINE.lease_end,
    "co_tenants": LINE.co_tenants,
    "previous_rent": LINE.previous_rent,
    "previous_charges": LINE.previous_charges,
    "benefit_kind": LINE.benefit_kind,
    "benefit_amount": LINE.benefit_amount,
    "paid_to_landlord": LINE.paid_to_landlord,
    "sort_key": LINE.sort_key,
    "search": LINE.tenant_search,
}
# Columns that a file may omit; the known values then stay.
LEFT_OUT = frozenset(
    {"siret", "civility", "last_name", "first_name", "email", "lease_end", "previous_rent", "previous_charges"}
    | {"benefit_amount", "paid_to_landlord"}
)
OWNER = and_(Landlord.caf_code == LINE.caf_code, Landlord.user_number == LINE.user_number)
PLACE = and_(Dwelling.landlord_id == Landlord.id, Dwelling.reference == LINE.dwelling_ref)
LANDLORD_KEY = (LINE.caf_code, LINE.user_number)
DWELLING_KEY = (*LANDLORD_KEY, LINE.dwelling_ref)


@dataclass(frozen=True)
class Level:
    """A table of the portfolio: its unique key and its columns, each with its source."""

    name: str
    table: type[Base]
    key: Mapping[str, Any]
    # Key columns whose existing row may have another value.
    known_by: Mapping[str, Any]
    columns: Mapping[str, Any]
    lines: Select[Any]
    # Further columns of a new row, and those set when a row changes.
    new: Mapping[str, Any]
    touched: Mapping[str, Any]


def _lines(key: Mapping[str, Any], columns: Mapping[str, Any], **more: Any) -> Select[Any]:
    chosen = {**key, **columns, **more}
    return select(*[column.label(name) for name, column in chosen.items()]).select_from(SLICE)


def last(*key: Any) -> Any:
    return LINE.line.in_(select(func.max(LINE.line)).group_by(*key))


_LANDLORDS = {"caf_code": LINE.caf_code, "user_number": LINE.user_number}
_DWELLINGS = {"landlord_id": Landlord.id, "reference": LINE.dwelling_ref}
_TENANCIES = {"dwelling_id": Dwelling.id, "tenant_number": LINE.tenant_number, "lease_start": LINE.lease_start}
LEVELS = (
    Level(
        "landlords",
        Landlord,
        _LANDLORDS,
        {},
        LANDLORD,
        _lines(_LANDLORDS, LANDLORD).where(last(*LANDLORD_KEY)),
        new={"version": literal(1), "told_version": literal(0), "moves": literal(0)},
        touched={"version": Landlord.version + 1},
    ),
    Level(
        "dwellings",
        Dwelling,
        _DWELLINGS,
        {},
        DWELLING,
        _lines(_DWELLINGS, DWELLING).join(Landlord, OWNER).where(last(*DWELLING_KEY)),
        new={},
        touched={},
    ),
    Level(
        "tenancies",
        Tenancy,
        _TENANCIES,
        {"lease_start": "known_start"},
        TENANCY,
        _lines(_TENANCIES, TENANCY, known_start=LINE.known_start).join(Landlord, OWNER).join(Dwelling, PLACE),
        new={},
        touched={},
    ),
)
