"""How far a campaign is: by state, département, type of dwelling, and day after day."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis import clock
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from declaration.models import Campaign, DeclarationVersion, RentDeclaration
from declaration.sql import hour_of


def of(session: Session, campaign: Campaign) -> dict[str, Any]:
    """Counts in all, per département, per type of dwelling and per day."""
    here = RentDeclaration.campaign_id == campaign.id
    counted = select(RentDeclaration.state, func.count(), func.count().filter(RentDeclaration.late)).where(here)
    rows = session.execute(counted.group_by(RentDeclaration.state)).all()
    counts = {state: count for state, count, _ in rows}
    days = _days(session, here)
    return {
        "total": sum(counts.values()),
        "transmitted": days[-1]["cumulated"] if days else 0,
        "late": sum(late for _, _, late in rows),
        "counts": counts,
        "departements": _by(session, here, "departement", RentDeclaration.departement),
        "housing_types": _by(session, here, "housing_type", RentDeclaration.housing_type),
        "days": days,
    }


def _by(session: Session, here: ColumnElement[bool], name: str, column: Any) -> list[dict[str, Any]]:
    """`transmitted`: those that reached the Caf at least once."""
    reached = exists().where(DeclarationVersion.declaration_id == RentDeclaration.id, DeclarationVersion.version == 1)
    by_state: dict[str, Counter[str]] = defaultdict(Counter)
    grouped = select(column, RentDeclaration.state, func.count()).where(here)
    for value, state, count in session.execute(grouped.group_by(column, RentDeclaration.state).order_by(column)):
        by_state[value][state] = count
    received = select(column, func.count()).where(here, reached).group_by(column)
    transmitted: dict[str, int] = {value: count for value, count in session.execute(received)}
    return [
        {name: value, "total": each.total(), "transmitted": transmitted.get(value, 0), "counts": dict(each)}
        for value, each in by_state.items()
    ]


def _days(session: Session, here: ColumnElement[bool]) -> list[dict[str, Any]]:
    """First transmissions by French day, from the first to the last one, days without any included."""
    hour = hour_of(DeclarationVersion.transmitted_at)
    counted = (
        select(hour, func.count())
        .join(RentDeclaration, RentDeclaration.id == DeclarationVersion.declaration_id)
        .where(here, DeclarationVersion.version == 1)
        .group_by(hour)
    )
    found: Counter[date] = Counter()
    for text, count in session.execute(counted):
        # Paris is whole hours away from UTC, so that an hour is of one day.
        instant = datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC)
        found[instant.astimezone(clock.PARIS).date()] += count
    return _cumulated(found)


def _cumulated(found: Counter[date]) -> list[dict[str, Any]]:
    if not found:
        return []
    first, last, total, days = min(found), max(found), 0, []
    for after in range((last - first).days + 1):
        day = first + timedelta(days=after)
        total += found[day]
        days.append({"day": day.isoformat(), "transmitted": found[day], "cumulated": total})
    return days
