"""From the staging table into the portfolio, slice after slice, all lines of a landlord together.

Each statement works on the whole slice and writes only rows that differ: an identical file changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.db import changed, upsert
from chassis.runtime import Runtime
from sqlalchemy import Column, MetaData, Select, Table, and_, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from declaration.domain.registry.lines import Header
from declaration.models import Base, Dwelling, Landlord, RegistryImport, Staged, Tenancy
from declaration.registry import portfolio
from declaration.registry.leases import Lease, held
from declaration.sql import analyze, give_memory, new_id

# The last line of each tenancy of a slice: the file's last word counts. Gone with its transaction.
SLICE = Table(
    "registry_slice",
    MetaData(),
    *[Column(each.name, each.type) for each in Staged.columns if each.name not in ("import_id", "slice")],
    prefixes=["TEMPORARY"],
)
LINE = SLICE.c
LANDLORD: dict[str, Any] = {
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
DWELLING: dict[str, Any] = {
    "housing_type": LINE.housing_type,
    "address": LINE.dwelling_address,
    "commune_insee": LINE.commune_insee,
    "departement": LINE.departement,
    "furnished": LINE.furnished,
    "single_room": LINE.single_room,
    "search": LINE.dwelling_search,
}
TENANCY: dict[str, Any] = {
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
# What a file may leave out; then what is known stays as it is.
LEFT_OUT = frozenset(
    {"siret", "civility", "last_name", "first_name", "email", "lease_end", "previous_rent", "previous_charges"}
    | {"benefit_amount", "paid_to_landlord"}
)
_OWNER = and_(Landlord.caf_code == LINE.caf_code, Landlord.user_number == LINE.user_number)
_PLACE = and_(Dwelling.landlord_id == Landlord.id, Dwelling.reference == LINE.dwelling_ref)
_LANDLORD_KEY = (LINE.caf_code, LINE.user_number)
_DWELLING_KEY = (*_LANDLORD_KEY, LINE.dwelling_ref)


@dataclass(frozen=True)
class Level:
    """A table of the portfolio: its unique key and its columns, each beside what gives it."""

    name: str
    table: type[Base]
    key: Mapping[str, Any]
    columns: Mapping[str, Any]
    lines: Select[Any]
    # What else a new row has, and what changes in a changed one.
    new: Mapping[str, Any]
    touched: Mapping[str, Any]


def _lines(key: Mapping[str, Any], columns: Mapping[str, Any]) -> Select[Any]:
    chosen = {**key, **columns}
    return select(*[column.label(name) for name, column in chosen.items()]).select_from(SLICE)


def _last(*key: Any) -> Any:
    return LINE.line.in_(select(func.max(LINE.line)).group_by(*key))


_LANDLORDS = {"caf_code": LINE.caf_code, "user_number": LINE.user_number}
_DWELLINGS = {"landlord_id": Landlord.id, "reference": LINE.dwelling_ref}
_TENANCIES = {"dwelling_id": Dwelling.id, "tenant_number": LINE.tenant_number}
LEVELS = (
    Level(
        "landlords",
        Landlord,
        _LANDLORDS,
        LANDLORD,
        _lines(_LANDLORDS, LANDLORD).where(_last(*_LANDLORD_KEY)),
        new={"version": literal(1), "told_version": literal(0)},
        touched={"version": Landlord.version + 1},
    ),
    Level(
        "dwellings",
        Dwelling,
        _DWELLINGS,
        DWELLING,
        _lines(_DWELLINGS, DWELLING).join(Landlord, _OWNER).where(_last(*_DWELLING_KEY)),
        new={},
        touched={},
    ),
    Level(
        "tenancies",
        Tenancy,
        _TENANCIES,
        TENANCY,
        _lines(_TENANCIES, TENANCY).join(Landlord, _OWNER).join(Dwelling, _PLACE),
        new={},
        touched={},
    ),
)


def merge(runtime: Runtime, lease: Lease, header: Header) -> Iterator[None]:
    """Merges all that is staged; yields after each commit. What is merged leaves the staging table with it."""
    present = frozenset(header.names)
    with runtime.transaction() as session:
        analyze(session, Staged.name, "import_id", "slice", "line")
    # Whatever slices there are: another version of this program may have staged them in smaller ones.
    first = select(func.min(Staged.c.slice)).where(Staged.c.import_id == lease.row_id)
    while True:
        with runtime.transaction() as session:
            number = session.execute(first).scalar_one()
            if number is None:
                _analyze_portfolio(session)
                return
            give_memory(session)
            lines = _take(session, lease, number)
            counters = {**_merge_slice(session, present), "lines_merged": lines}
            SLICE.drop(session.connection())
            held(session, lease, **{name: getattr(RegistryImport, name) + more for name, more in counters.items()})
        yield


def _analyze_portfolio(session: Session) -> None:
    """Whoever joins these tables next, a campaign's opening first of all, does not wait for the autovacuum."""
    for level in LEVELS:
        analyze(session, level.table.__tablename__, "id", *level.key)


def _take(session: Session, lease: Lease, number: int) -> int:
    """Moves a slice out of the staging table; returns how many lines it had."""
    mine = and_(Staged.c.import_id == lease.row_id, Staged.c.slice == number)
    staged = Staged.c
    key = (staged.caf_code, staged.user_number, staged.dwelling_ref, staged.tenant_number)
    last = select(func.max(staged.line)).where(mine).group_by(*key)
    SLICE.create(session.connection())
    chosen = select(*[staged[column.name] for column in SLICE.columns]).where(mine, staged.line.in_(last))
    session.execute(insert(SLICE).from_select(list(SLICE.columns), chosen))
    analyze(session, SLICE.name, "line", "caf_code", "user_number", "dwelling_ref", "tenant_number")
    return changed(session.execute(delete(Staged).where(mine)))


def _merge_slice(session: Session, present: frozenset[str]) -> dict[str, int]:
    """What to add to the counters of the import."""
    counters: dict[str, int] = {}
    left = portfolio.left_organisations(session, _last_landlords())
    # Of landlords never seen, nothing can have changed: a first file is spared half of the joins.
    known = session.execute(select(exists(select(LINE.line).join(Landlord, _OWNER)))).scalar_one()
    for level in LEVELS:
        counters[f"updated_{level.name}"] = _update(session, level, present) if known else 0
        counters[f"created_{level.name}"] = _insert(session, level)
    if any(more for name, more in counters.items() if not name.endswith("tenancies")):
        portfolio.refresh(session, select(Landlord.organisation_id).join(SLICE, _OWNER), left)
    return counters


def _last_landlords() -> Select[Any]:
    """Of landlords known already: the organisation they had, and the one the file gives them."""
    chosen = select(Landlord.organisation_id.label("before"), LINE.organisation_id.label("after"))
    return chosen.select_from(SLICE).join(Landlord, _OWNER).where(_last(*_LANDLORD_KEY))


def _update(session: Session, level: Level, present: frozenset[str]) -> int:
    target, lines = level.table.__table__.c, level.lines.subquery("line")
    named = [name for name in level.columns if name not in LEFT_OUT or name in present]
    same = [target[name] == lines.c[name] for name in level.key]
    differs = or_(*[target[name].is_distinct_from(lines.c[name]) for name in named])
    values = {**{name: lines.c[name] for name in named}, **level.touched}
    return changed(session.execute(update(level.table).where(*same, differs).values(values)))


def _insert(session: Session, level: Level) -> int:
    target, lines = level.table.__table__.c, level.lines.subquery("line")
    known = exists().where(*[target[name] == lines.c[name] for name in level.key])
    values = {"id": new_id(), **{column.name: column for column in lines.columns}, **level.new}
    selected = select(*[value.label(name) for name, value in values.items()]).where(~known)
    added = upsert(session, level.table).from_select(list(values), selected, include_defaults=False)
    # Another import may have made the row since.
    statement = added.on_conflict_do_nothing(index_elements=list(level.key))
    return changed(session.execute(statement, execution_options={"preserve_rowcount": True}))
