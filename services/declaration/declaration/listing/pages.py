"""A page of the list (Core: it is the hot path)."""

from typing import Any

from chassis import clock, money
from chassis.auth import Caller
from sqlalchemy import ColumnElement, Row, Subquery, and_, case, literal, select, union_all
from sqlalchemy.orm import Session

from declaration.domain.answers import reasons
from declaration.domain.states import LABELS, PRECEDENCE, State
from declaration.listing import counting, sorting
from declaration.listing.filters import Filters, conditions, late
from declaration.models import CafAnswer, Campaign, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined, visible

SHOWN = (
    RentDeclaration.id,
    Campaign.year,
    RentDeclaration.state,
    RentDeclaration.version,
    RentDeclaration.updated_at,
    RentDeclaration.housing_type,
    RentDeclaration.departement,
    RentDeclaration.rent,
    Dwelling.reference,
    Dwelling.address,
    Tenancy.tenant_number,
    Tenancy.tenant_last_name,
    Tenancy.tenant_first_name,
    Landlord.name,
    Landlord.user_number,
)
ANSWERED = (
    CafAnswer.version.label("answered_version"),
    CafAnswer.answer,
    CafAnswer.reason_code,
    CafAnswer.text,
    CafAnswer.answered_at,
)
# The Caf's word on the last version that was transmitted, the one before while a correction is being written.
ANSWER = and_(
    CafAnswer.declaration_id == RentDeclaration.id,
    CafAnswer.version
    == case((RentDeclaration.state == State.DRAFT.value, RentDeclaration.version - 1), else_=RentDeclaration.version),
)


def page(
    session: Session, caller: Caller, filters: Filters, sort: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page, with the counts by state of all that the other filters keep, as they were at the first page."""
    order = sorting.of(sort)
    inside = and_(visible(caller), *conditions(filters))
    counts, key = None, None
    if cursor:
        counted, key = sorting.decode(order, cursor)
        counts = counting.read(counted)
    if counts is None:
        counts = counting.by_state(session, inside)
    picked = _picked(order, inside, filters.status, key, limit + 1)
    keys: list[Any] = [column.label(f"key_{rank}") for rank, column in enumerate(order.columns)]
    shown = joined(*SHOWN, *ANSWERED, *keys, late(clock.today()).label("late"))
    shown = shown.join(picked, picked.c.id == RentDeclaration.id).outerjoin(CafAnswer, ANSWER)
    rows = session.execute(shown.order_by(*order.by)).all()
    return {
        "items": [item(row) for row in rows[:limit]],
        "total": counts.get(filters.status, 0) if filters.status else sum(counts.values()),
        "counts": counts,
        "next_cursor": _following(order, counts, rows, limit),
    }


def _following(order: sorting.Order, counts: dict[str, int], rows: Any, limit: int) -> str | None:
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    key = (*(getattr(last, f"key_{rank}") for rank in range(len(order.columns))), last.id)
    return sorting.encode(order, counting.written(counts), key)


def _picked(
    order: sorting.Order, inside: ColumnElement[bool], status: str | None, key: tuple[Any, ...] | None, most: int
) -> Subquery:
    """The ids of the page; the other tables are read for these only."""
    if order.name != sorting.DEFAULT:
        found = select(RentDeclaration.id).where(inside)
        found = found.where(RentDeclaration.state == status) if status else found
        found = found.where(order.after(key)) if key else found
        return found.order_by(*order.by).limit(most).subquery("picked")
    return _picked_by_state(order, inside, [State(status)] if status else list(State), key, most)


def _picked_by_state(
    order: sorting.Order, inside: ColumnElement[bool], states: list[State], key: tuple[Any, ...] | None, most: int
) -> Subquery:
    """As many from each state as the page may need: every part is the beginning of a range of one index."""
    within = sorting.BY_TENANT if not order.descending else sorting.of("-tenant")
    parts = []
    for state in states:
        rank = PRECEDENCE[state]
        if key and (rank > key[0] if order.descending else rank < key[0]):
            continue
        part = select(
            RentDeclaration.id, literal(rank).label("rank"), RentDeclaration.tenant_key.label("tenant_key")
        ).where(inside, RentDeclaration.state == state.value)
        if key and rank == key[0]:
            part = part.where(within.after(key[1:]))
        # As a table of its own: SQLite takes no LIMIT in a part of a union.
        limited = part.order_by(*within.by).limit(most).subquery()
        parts.append(select(limited.c.id, limited.c.rank, limited.c.tenant_key))
    if not parts:
        return select(RentDeclaration.id).where(literal(False)).subquery("picked")
    merged = union_all(*parts).subquery()
    by = (merged.c.rank, merged.c.tenant_key, merged.c.id)
    sorted_by = tuple(column.desc() for column in by) if order.descending else by
    return select(merged.c.id).order_by(*sorted_by).limit(most).subquery("picked")


def item(row: Row[Any]) -> dict[str, Any]:
    """A row of SHOWN and ANSWERED, with `late`, as the API shows it."""
    return {
        "id": str(row.id),
        "campaign": row.year,
        "status": row.state,
        "status_label": LABELS[State(row.state)],
        "late": bool(row.late),
        "housing_type": row.housing_type,
        "departement": row.departement,
        "tenant": {
            "number": row.tenant_number,
            "last_name": row.tenant_last_name,
            "first_name": row.tenant_first_name,
        },
        "dwelling": {"reference": row.reference, "address": row.address},
        "landlord": {"name": row.name, "user_number": row.user_number},
        "answer": _answer(row) if row.answer else None,
        "rent": None if row.rent is None else money.to_json(row.rent),
        "version": row.version,
        "updated_at": clock.iso(row.updated_at),
    }


def _answer(row: Row[Any]) -> dict[str, Any]:
    return {
        "version": row.answered_version,
        "answer": row.answer,
        "label": reasons.label(row.answer, row.reason_code),
        "reason_code": row.reason_code,
        "text": row.text,
        "guidance": reasons.guidance(row.answer, row.reason_code),
        "answered_at": clock.iso(row.answered_at),
    }
