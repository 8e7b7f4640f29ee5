"""Merges one slice from the staging table into the portfolio: all lines of a landlord together.

Each statement works on the whole slice and writes only rows that differ: an identical file changes nothing.
"""

from uuid import UUID

from chassis.db import changed
from sqlalchemy import and_, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from declaration.models import Landlord, Staged
from declaration.registry import portfolio, refusing
from declaration.registry.levels import LEFT_OUT, LEVELS, LINE, OWNER, SLICE, Level
from declaration.sql import analyze, give_memory, new_id, prefer_keys


def merge(session: Session, import_id: UUID, number: int, present: frozenset[str]) -> dict[str, int]:
    """Merges a slice and removes it from the staging table; returns the increments of the import's counters.

    `present`: the columns of the file.
    """
    give_memory(session)
    prefer_keys(session)
    lines = _take(session, import_id, number)
    # New landlords cannot have changed: a first file skips half of the joins.
    registered = select(LINE.line).join(Landlord, Landlord.user_number == LINE.user_number)
    known: bool = session.execute(select(exists(registered))).scalar_one()
    refused = refusing.refuse(session, import_id, known=known)
    counters = {
        **_merge_slice(session, present, known=known),
        "lines_merged": lines - refused,
        "lines_good": -refused,
        "lines_bad": refused,
    }
    SLICE.drop(session.connection())
    return counters


def analyze_portfolio(session: Session) -> None:
    """Updates the planner's statistics at once: the next joins (a campaign's opening) cannot wait for autovacuum."""
    for level in LEVELS:
        analyze(session, level.table.__tablename__, "id", *level.key)


def _take(session: Session, import_id: UUID, number: int) -> int:
    """Moves a slice out of the staging table; returns its number of lines."""
    mine = and_(Staged.c.import_id == import_id, Staged.c.slice == number)
    SLICE.create(session.connection())
    given = {**{column.name: column for column in Staged.c}, "known_start": Staged.c.lease_start}
    chosen = select(*[given[column.name] for column in SLICE.columns]).where(mine)
    session.execute(insert(SLICE).from_select(list(SLICE.columns), chosen))
    analyze(session, SLICE.name, "line", "caf_code", "user_number", "dwelling_ref", "tenant_number")
    return changed(session.execute(delete(Staged).where(mine)))


def _merge_slice(session: Session, present: frozenset[str], *, known: bool) -> dict[str, int]:
    """The increments of the import's counters."""
    counters: dict[str, int] = {}
    for level in LEVELS:
        counters[f"updated_{level.name}"] = _update(session, level, present) if known else 0
        counters[f"created_{level.name}"] = _insert(session, level, known=known)
    if any(more for name, more in counters.items() if not name.endswith("tenancies")):
        portfolio.refresh(session, select(Landlord.organisation_id).join(SLICE, OWNER))
    return counters


def _update(session: Session, level: Level, present: frozenset[str]) -> int:
    target, lines = level.table.__table__.c, level.lines.subquery("line")
    named = [name for name in level.columns if name not in LEFT_OUT or name in present]
    same = [target[name] == lines.c[level.known_by.get(name, name)] for name in level.key]
    differs = or_(*[target[name].is_distinct_from(lines.c[name]) for name in named])
    values = {**{name: lines.c[name] for name in named}, **level.touched}
    return changed(session.execute(update(level.table).where(*same, differs).values(values)))


def _insert(session: Session, level: Level, *, known: bool) -> int:
    """A row inserted by another import meanwhile raises an error, and the slice is merged again: checking every insert
    (ON CONFLICT) would cost a tenth of a first file."""
    target, lines = level.table.__table__.c, level.lines.subquery("line")
    given = {name: lines.c[name] for name in {**level.key, **level.columns}}
    values = {"id": new_id(), **given, **level.new}
    selected = select(*[value.label(name) for name, value in values.items()])
    if known:
        selected = selected.where(~exists().where(*[target[name] == lines.c[name] for name in level.key]))
    added = insert(level.table).from_select(list(values), selected, include_defaults=False)
    return changed(session.execute(added, execution_options={"preserve_rowcount": True}))
