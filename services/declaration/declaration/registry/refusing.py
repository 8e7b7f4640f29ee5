"""Well-formed lines of a slice that cannot be merged: removed from it, each with its errors.

All lines of a user number are in one slice, so the result is the same whatever the order of merging.
Set-based queries find the landlords to check, nearly always none; only the lines of those are then read.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, exists, func, or_, select, union, update
from sqlalchemy.orm import Session, aliased

from declaration.domain.registry import contradictions, lines
from declaration.domain.registry.contradictions import COMPANY, DWELLING, LANDLORD, LEASE, Pair
from declaration.domain.registry.lines import LineError
from declaration.models import Dwelling, Landlord, Tenancy
from declaration.registry import errors
from declaration.registry.levels import DWELLING_KEY, LINE, OWNER, PLACE, SLICE

# Lines per statement.
AT_ONCE = 1_000
_IN_FILE_ORDER = (LINE.user_number, LINE.line)
_REGISTERED = Landlord.user_number == LINE.user_number


def refuse(session: Session, import_id: UUID, *, known: bool) -> int:
    """The number of refused lines. Leaves each lease once. `known`: some user numbers are registered."""
    # Owners of numbers come first; the first line that names a new number decides its owner.
    refused = _refuse_foreign(session, import_id, _of_another_caf()) if known else 0
    refused += _refuse_foreign(session, import_id, _of_two_cafs())
    refused += _refuse_contradictions(session, import_id, known=known)
    return refused + (_find_corrected(session, import_id) if known else 0)


def _refuse_foreign(session: Session, import_id: UUID, foreign: Select[Any]) -> int:
    numbers: Sequence[int] = session.execute(foreign.order_by(LINE.line)).scalars().all()
    return _refuse(session, import_id, [lines.not_yours(number) for number in numbers])


def _of_another_caf() -> Select[Any]:
    return select(LINE.line).join(Landlord, _REGISTERED).where(Landlord.caf_code != LINE.caf_code)


def _of_two_cafs() -> Select[Any]:
    """Lines that name another Caf than the first line of the same user number."""
    mixed = func.min(LINE.caf_code) != func.max(LINE.caf_code)
    first = select(func.min(LINE.line).label("line")).group_by(LINE.user_number).having(mixed).subquery()
    owner = aliased(SLICE)
    owners = select(owner.c.user_number, owner.c.caf_code).join(first, first.c.line == owner.c.line).subquery()
    named = owners.c.user_number == LINE.user_number
    return select(LINE.line).join(owners, named).where(owners.c.caf_code != LINE.caf_code)


def _refuse_contradictions(session: Session, import_id: UUID, *, known: bool) -> int:
    doubtful: Sequence[str] = session.execute(union(*_doubtful(known=known))).scalars().all()
    if not doubtful:
        return 0
    judged = contradictions.judge(_lines_of(session, doubtful), _registered(session, doubtful) if known else {})
    _leave(session, judged.again)
    return _refuse(session, import_id, judged.errors)


def _doubtful(*, known: bool) -> Iterator[Select[Any]]:
    """User numbers whose lines differ on the landlord, a dwelling or a lease."""
    yield _contradicted([LINE.user_number], LANDLORD)
    yield _contradicted([LINE.user_number, LINE.dwelling_ref], DWELLING)
    tenants = select(LINE.user_number).group_by(LINE.user_number, LINE.dwelling_ref, LINE.tenant_number)
    yield tenants.having(func.count() > 1)
    if known:
        other = or_(*[getattr(Landlord, name).is_distinct_from(LINE[name]) for name in COMPANY])
        yield select(LINE.user_number).join(Landlord, _REGISTERED).where(other)


def _contradicted(key: list[Any], columns: Mapping[str, str]) -> Select[Any]:
    stated = select(*key, *[LINE[name] for name in columns]).distinct().subquery()
    keys = [stated.c[column.name] for column in key]
    return select(stated.c.user_number).group_by(*keys).having(func.count() > 1)


def _lines_of(session: Session, user_numbers: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Grouped by landlord, in file order, a few in memory at a time."""
    columns = ["line", "user_number", "dwelling_ref", "tenant_number", "lease_start", *LANDLORD, *DWELLING, *LEASE]
    ordered = select(*[LINE[name] for name in columns]).order_by(*_IN_FILE_ORDER)
    for some in _some(sorted(user_numbers)):
        found = session.execute(ordered.where(LINE.user_number.in_(some)), execution_options={"yield_per": AT_ONCE})
        for row in found.mappings():
            yield dict(row)


def _registered(session: Session, user_numbers: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    chosen = select(Landlord.user_number, *[getattr(Landlord, name) for name in COMPANY])
    for some in _some(user_numbers):
        rows = session.execute(chosen.where(Landlord.user_number.in_(some))).mappings()
        found |= {row["user_number"]: row for row in rows}
    return found


def _find_corrected(session: Session, import_id: UUID) -> int:
    """Lines that correct the first day of a known lease get its known first day."""
    pairs = [Pair(**row) for row in session.execute(_overlapping()).mappings()]
    known_starts, ambiguous = contradictions.corrected(pairs)
    if known_starts:
        corrected = update(SLICE).where(LINE.line == bindparam("at")).values(known_start=bindparam("day"))
        session.connection().execute(corrected, [{"at": line, "day": day} for line, day in known_starts.items()])
    return _refuse(session, import_id, ambiguous)


def _overlapping() -> Select[Any]:
    """As `contradictions.Pair`; a test compares it with `contradictions.overlap`."""
    other, same = aliased(Tenancy), aliased(SLICE)
    in_file = and_(
        *[same.c[column.name] == column for column in (*DWELLING_KEY, LINE.tenant_number)],
        same.c.lease_start == Tenancy.lease_start,
    )
    registered = and_(
        other.dwelling_id == Tenancy.dwelling_id,
        other.tenant_number == Tenancy.tenant_number,
        other.lease_start == LINE.lease_start,
    )
    return (
        select(
            LINE.line,
            LINE.lease_start.label("start"),
            Tenancy.lease_start.label("known_start"),
            Tenancy.id.label("lease"),
        )
        .join(Landlord, OWNER)
        .join(Dwelling, PLACE)
        .join(Tenancy, and_(Tenancy.dwelling_id == Dwelling.id, Tenancy.tenant_number == LINE.tenant_number))
        .where(
            Tenancy.lease_start != LINE.lease_start,
            or_(Tenancy.lease_end.is_(None), LINE.lease_start < Tenancy.lease_end),
            or_(LINE.lease_end.is_(None), Tenancy.lease_start < LINE.lease_end),
            ~exists().where(in_file),
            ~exists().where(registered),
        )
    )


def _refuse(session: Session, import_id: UUID, found: Sequence[LineError]) -> int:
    refused = sorted({error.line for error in found})
    errors.add(session, import_id, sorted(found, key=lambda error: error.line)[: errors.KEPT])
    _leave(session, refused)
    return len(refused)


def _leave(session: Session, numbers: Sequence[int]) -> None:
    for some in _some(numbers):
        session.execute(delete(SLICE).where(LINE.line.in_(some)))


def _some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
