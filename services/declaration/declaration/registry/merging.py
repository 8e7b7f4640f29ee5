"""From the staging table into the portfolio, a few thousand lines at a time, all lines of a landlord together.

Each statement works on the whole slice and writes only rows that differ: an identical file changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.db import upsert
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, and_, delete, func, literal, or_, select
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.domain.registry.lines import Header
from declaration.models import Base, Dwelling, Landlord, RegistryImport, Staged, Tenancy
from declaration.registry import portfolio
from declaration.registry.leases import Lease, held

SLICE = 5_000

LANDLORD: dict[str, Any] = {
    "organisation_id": Staged.organisation_id,
    "kind": Staged.kind,
    "siret": Staged.siret,
    "name": Staged.name,
    "civility": Staged.civility,
    "last_name": Staged.last_name,
    "first_name": Staged.first_name,
    "email": Staged.email,
    "address": Staged.landlord_address,
}
DWELLING: dict[str, Any] = {
    "housing_type": Staged.housing_type,
    "address": Staged.dwelling_address,
    "commune_insee": Staged.commune_insee,
    "departement": Staged.departement,
    "furnished": Staged.furnished,
    "single_room": Staged.single_room,
    "search": Staged.dwelling_search,
}
TENANCY: dict[str, Any] = {
    "tenant_last_name": Staged.tenant_last_name,
    "tenant_first_name": Staged.tenant_first_name,
    "lease_start": Staged.lease_start,
    "lease_end": Staged.lease_end,
    "co_tenants": Staged.co_tenants,
    "previous_rent": Staged.previous_rent,
    "previous_charges": Staged.previous_charges,
    "benefit_kind": Staged.benefit_kind,
    "benefit_amount": Staged.benefit_amount,
    "paid_to_landlord": Staged.paid_to_landlord,
    "sort_key": Staged.sort_key,
    "search": Staged.tenant_search,
}
# What a file may leave out; then what is known stays as it is.
LEFT_OUT = frozenset(
    {"siret", "civility", "last_name", "first_name", "email", "lease_end", "previous_rent", "previous_charges"}
    | {"benefit_amount", "paid_to_landlord"}
)


@dataclass(frozen=True)
class Slice:
    """The staged lines of an import between two landlords."""

    import_id: UUID
    after: str
    upto: str

    @property
    def lines(self) -> ColumnElement[bool]:
        return and_(
            Staged.import_id == self.import_id, Staged.landlord_key > self.after, Staged.landlord_key <= self.upto
        )


def merge(runtime: Runtime, lease: Lease, header: Header) -> Iterator[None]:
    """Merges all that is staged; yields after each commit. What is merged leaves the staging table with it."""
    while True:
        with runtime.transaction() as session:
            slice_ = _next_slice(session, lease.row_id)
            if slice_ is None:
                return
            held(session, lease, **_merge_slice(session, slice_, frozenset(header.names)))
            session.execute(delete(Staged).where(slice_.lines))
        yield


def _next_slice(session: Session, import_id: UUID) -> Slice | None:
    keys = select(Staged.landlord_key).where(Staged.import_id == import_id).order_by(Staged.landlord_key)
    last = session.execute(keys.offset(SLICE - 1).limit(1)).scalar_one_or_none()
    if last is None:
        last = session.execute(
            select(func.max(Staged.landlord_key)).where(Staged.import_id == import_id)
        ).scalar_one_or_none()
    return Slice(import_id, "", last) if last else None


def _merge_slice(session: Session, slice_: Slice, present: frozenset[str]) -> dict[str, Any]:
    """The counters to add to the import."""
    touched = portfolio.organisations_of(session, slice_.lines)
    landlords = _merge_landlords(session, slice_, present)
    dwellings = _merge_dwellings(session, slice_, present)
    tenancies = _merge_tenancies(session, slice_, present)
    if landlords or dwellings:
        portfolio.refresh(session, touched | portfolio.organisations_of(session, slice_.lines))
    counters: dict[str, Any] = {}
    for name, kept, made in (
        ("landlords", landlords, _created(session, slice_, Landlord, Staged.landlord_id)),
        ("dwellings", dwellings, _created(session, slice_, Dwelling, Staged.dwelling_id)),
        ("tenancies", tenancies, _created(session, slice_, Tenancy, Staged.tenancy_id)),
    ):
        counters[f"created_{name}"] = getattr(RegistryImport, f"created_{name}") + made
        counters[f"updated_{name}"] = getattr(RegistryImport, f"updated_{name}") + len(kept) - made
    return counters


def _last_lines(slice_: Slice, *key: Any) -> Any:
    """The staged columns of the last line a key; the file's last word counts."""
    rank = func.row_number().over(partition_by=[Staged.landlord_key, *key], order_by=Staged.line.desc())
    return select(Staged, rank.label("rank")).where(slice_.lines).subquery()


def _merge_landlords(session: Session, slice_: Slice, present: frozenset[str]) -> list[UUID]:
    lines = _last_lines(slice_)
    selected = select(
        lines.c.landlord_id, lines.c.caf_code, lines.c.user_number, literal(1), *_columns(lines, LANDLORD)
    ).where(lines.c.rank == 1)
    names = ["id", "caf_code", "user_number", "version", *LANDLORD]
    changed = _upsert(session, Landlord, names, selected, ["caf_code", "user_number"], LANDLORD, present)
    for first in range(0, len(changed), portfolio.AT_ONCE):
        some = select(Landlord).where(Landlord.id.in_(changed[first : first + portfolio.AT_ONCE]))
        for landlord in session.execute(some.execution_options(populate_existing=True)).scalars():
            publishes.landlord_registered(session, landlord)
    return changed


def _merge_dwellings(session: Session, slice_: Slice, present: frozenset[str]) -> list[UUID]:
    lines = _last_lines(slice_, Staged.dwelling_ref)
    owner = and_(Landlord.caf_code == lines.c.caf_code, Landlord.user_number == lines.c.user_number)
    selected = (
        select(lines.c.dwelling_id, Landlord.id, lines.c.dwelling_ref, *_columns(lines, DWELLING))
        .join(Landlord, owner)
        .where(lines.c.rank == 1)
    )
    names = ["id", "landlord_id", "reference", *DWELLING]
    return _upsert(session, Dwelling, names, selected, ["landlord_id", "reference"], DWELLING, present)


def _merge_tenancies(session: Session, slice_: Slice, present: frozenset[str]) -> list[UUID]:
    lines = _last_lines(slice_, Staged.dwelling_ref, Staged.tenant_number)
    owner = and_(Landlord.caf_code == lines.c.caf_code, Landlord.user_number == lines.c.user_number)
    place = and_(Dwelling.landlord_id == Landlord.id, Dwelling.reference == lines.c.dwelling_ref)
    selected = (
        select(lines.c.tenancy_id, Dwelling.id, lines.c.tenant_number, *_columns(lines, TENANCY))
        .join(Landlord, owner)
        .join(Dwelling, place)
        .where(lines.c.rank == 1)
    )
    names = ["id", "dwelling_id", "tenant_number", *TENANCY]
    return _upsert(session, Tenancy, names, selected, ["dwelling_id", "tenant_number"], TENANCY, present)


def _columns(lines: Any, columns: Mapping[str, Any]) -> list[Any]:
    return [lines.c[column.key] for column in columns.values()]


def _upsert(
    session: Session,
    table: type[Base],
    names: list[str],
    selected: Any,
    key: list[str],
    columns: Mapping[str, Any],
    present: frozenset[str],
) -> list[UUID]:
    """Inserts what is new, updates what differs; returns the ids of both, and of nothing else."""
    added = upsert(session, table).from_select(names, selected, include_defaults=False)
    target = table.metadata.tables[table.__tablename__].c
    named = [name for name in columns if name not in LEFT_OUT or name in present]
    values = {name: added.excluded[name] for name in named}
    differs = or_(*[target[name].is_distinct_from(added.excluded[name]) for name in named])
    if "version" in target:
        values["version"] = target["version"] + 1
    statement = added.on_conflict_do_update(index_elements=key, set_=values, where=differs)
    return list(session.execute(statement.returning(target["id"])).scalars())


def _created(session: Session, slice_: Slice, table: Any, staged_id: Any) -> int:
    """A staged id is a row's id only when the line made the row."""
    made = select(func.count()).select_from(table).where(table.id.in_(select(staged_id).where(slice_.lines)))
    return session.execute(made).scalar_one()
