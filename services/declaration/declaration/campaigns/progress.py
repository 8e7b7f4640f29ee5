"""Progress of campaigns: by state, Caf, département, housing type and day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from declaration.api_types.campaigns import (
    ProgressOfAll,
    ProgressOfCaf,
    ProgressOfDay,
    ProgressOfDepartement,
    ProgressOfHousingType,
)
from declaration.domain.journey import EDITABLE
from declaration.domain.states import State
from declaration.models import Campaign, DeclarationVersion, RentDeclaration
from declaration.perimeter import of_caf
from declaration.sql import hour_of

# In these states, what reached the Caf is an earlier version, if any.
_NOT_SENT = {state.value for state in (*EDITABLE, State.NOT_CONCERNED)}


class Totals(TypedDict):
    total: int
    transmitted: int
    late: int
    unfinished: int
    counts: dict[str, int]


class Parts(TypedDict):
    departements: list[ProgressOfDepartement]
    housing_types: list[ProgressOfHousingType]


class ProgressOfOne(Totals, Parts):
    days: list[ProgressOfDay]


@dataclass
class Tally:
    """`transmitted`: declarations that reached the Caf at least once, including those being corrected."""

    counts: Counter[str] = field(default_factory=Counter)
    transmitted: int = 0
    late: int = 0

    def add(self, row: _Row) -> None:
        self.counts[row.state] += row.count
        self.transmitted += row.later if row.state in _NOT_SENT else row.count
        self.late += row.late

    def shown(self) -> Totals:
        return {
            "total": self.counts.total(),
            "transmitted": self.transmitted,
            "late": self.late,
            "unfinished": sum(self.counts[state.value] for state in EDITABLE),
            "counts": dict(self.counts),
        }


@dataclass(frozen=True)
class _Row:
    """Identical declarations, counted; `later`: those with a version transmitted before the one in hand."""

    campaign_id: UUID
    departement: str
    housing_type: str
    state: str
    count: int
    later: int
    late: int


def of(session: Session, campaign: Campaign) -> ProgressOfOne:
    """Counts in all, per département, per type of dwelling and per day."""
    here = RentDeclaration.campaign_id == campaign.id
    rows = _rows(session, here)
    return {**_totals(rows), **_parts(rows), "days": _days(session, here)}


def of_all(session: Session, caller: Caller, year: int) -> ProgressOfAll:
    """The same for all campaigns of a year that the caller may see, and per Caf."""
    wanted = select(Campaign).where(Campaign.year == year, of_caf(caller)).order_by(Campaign.caf_code)
    found = session.execute(wanted).scalars().all()
    here = RentDeclaration.campaign_id.in_([campaign.id for campaign in found])
    rows = _rows(session, here)
    each: dict[UUID, Tally] = defaultdict(Tally)
    for row in rows:
        each[row.campaign_id].add(row)
    cafs: list[ProgressOfCaf] = [
        {"caf_code": one.caf_code, "phase": one.phase, "deadline": one.deadline.isoformat(), **each[one.id].shown()}
        for one in found
    ]
    return {"year": year, **_totals(rows), **_parts(rows), "days": _days(session, here), "cafs": cafs}


def _rows(session: Session, here: ColumnElement[bool]) -> list[_Row]:
    """One read of the declarations feeds every table."""
    alike = (
        RentDeclaration.campaign_id,
        RentDeclaration.departement,
        RentDeclaration.housing_type,
        RentDeclaration.state,
    )
    later = func.count().filter(RentDeclaration.version > 1)
    counted = select(*alike, func.count(), later, func.count().filter(RentDeclaration.late)).where(here)
    return [_Row(*row) for row in session.execute(counted.group_by(*alike))]


def _totals(rows: Iterable[_Row]) -> Totals:
    all_of_it = Tally()
    for row in rows:
        all_of_it.add(row)
    return all_of_it.shown()


def _parts(rows: Iterable[_Row]) -> Parts:
    departements: dict[str, Tally] = defaultdict(Tally)
    kinds: dict[str, Tally] = defaultdict(Tally)
    for row in rows:
        departements[row.departement].add(row)
        kinds[row.housing_type].add(row)
    return {
        "departements": [{"departement": value, **departements[value].shown()} for value in sorted(departements)],
        "housing_types": [{"housing_type": value, **kinds[value].shown()} for value in sorted(kinds)],
    }


def _days(session: Session, here: ColumnElement[bool]) -> list[ProgressOfDay]:
    """First transmissions per French day, from the first day to the last, empty days included."""
    hour = hour_of(DeclarationVersion.transmitted_at)
    counted = (
        select(hour, func.count())
        .join(RentDeclaration, RentDeclaration.id == DeclarationVersion.declaration_id)
        .where(here, DeclarationVersion.version == 1)
        .group_by(hour)
    )
    found: Counter[date] = Counter()
    for text, count in session.execute(counted):
        # The offset of Paris from UTC is whole hours: one UTC hour falls in one French day.
        instant = datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC)
        found[instant.astimezone(clock.PARIS).date()] += count
    return _cumulated(found)


def _cumulated(found: Counter[date]) -> list[ProgressOfDay]:
    if not found:
        return []
    days: list[ProgressOfDay] = []
    first, last, total = min(found), max(found), 0
    for after in range((last - first).days + 1):
        day = first + timedelta(days=after)
        total += found[day]
        days.append({"day": day.isoformat(), "transmitted": found[day], "cumulated": total})
    return days
