"""A page of the list (SQLAlchemy Core: it is the hot path)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.french import money
from sqlalchemy import ColumnElement, Date, Row, Select, Uuid, and_, bindparam, case
from sqlalchemy.orm import Session

from declaration.answers import queries as answers
from declaration.api_types.declarations import DeclarationPage, DeclarationSummary
from declaration.domain.states import State, label
from declaration.listing import counting, keyset, sorting
from declaration.listing.filters import Filters, conditions, late
from declaration.models import CafAnswer, Campaign, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import Held, Sight, held, joined, literally, parameters, sight_of, visible_with

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
# The Caf's answer on the last transmitted version, the previous one while a correction is being written.
ANSWER = and_(
    CafAnswer.declaration_id == RentDeclaration.id,
    CafAnswer.version
    == case((RentDeclaration.state == State.DRAFT.value, RentDeclaration.version - 1), else_=RentDeclaration.version),
)


def page(
    session: Session, caller: Caller, filters: Filters, sort: str | None, cursor: str | None, limit: int
) -> DeclarationPage:
    """One page, with the counts by state under all other filters, as they were at the first page."""
    order = sorting.of(sort)
    build = _inside if filters.common else _inside.__wrapped__
    # The status is no part of it: the counts are those of all states.
    inside = build(sight_of(caller), held(session, caller), replace(filters, status=None), clock.today())
    counts, key = sorting.decode(order, cursor)
    wanted = keyset.PageQuery(order, inside, filters.status, key, limit + 1, parameters(caller), filters.common)
    if counts is None and filters.q:
        counts, picked = keyset.searched(session, wanted)
    else:
        counts = keyset.counts_by_state(session, wanted) if counts is None else counts
        if keyset.at_once(wanted, counts):
            rows, picked = _first_page(session, wanted)
            return _page(rows[:limit], wanted, counts, picked)
        picked = keyset.keyset_page(session, wanted, counts)
    return _page(_rows(session, caller, [each for each, _ in picked[:limit]]), wanted, counts, picked)


def _page(
    rows: Sequence[Row[*tuple[Any, ...]]], wanted: keyset.PageQuery, counts: dict[str, int], picked: keyset.Picked
) -> DeclarationPage:
    return {
        "items": [item(row) for row in rows],
        "total": counts.get(wanted.status, 0) if wanted.status else sum(counts.values()),
        "counts": counts,
        "next_cursor": _following(counts, picked, wanted.most - 1),
    }


# A list is asked for again and again with the same few filters; search words and user numbers are not kept.
@lru_cache(maxsize=100)
def _inside(sight: Sight, held: Held, filters: Filters, today: date) -> ColumnElement[bool]:
    """`today`: filters that depend on it are built anew the next day."""
    return and_(visible_with(sight), literally(sight, held), *conditions(filters, today))


def _rows(session: Session, caller: Caller, ids: list[UUID]) -> list[Row[*tuple[Any, ...]]]:
    """In the order of the ids; the other tables are read for these only."""
    named = {"_ids": ids, "_today": clock.today(), **parameters(caller)}
    rows = session.connection().execute(_shown_of(sight_of(caller)), named) if ids else ()
    found = {row.id: row for row in rows}
    return [found[each] for each in ids if each in found]


def _first_page(session: Session, wanted: keyset.PageQuery) -> tuple[Sequence[Row[*tuple[Any, ...]]], keyset.Picked]:
    """Its rows, with one that follows, and their keys: in one statement, since most people see no other page."""
    order = wanted.order
    statement = _first_shown(wanted.inside, order.name_given, wanted.status, wanted.most)
    rows = session.connection().execute(statement, {**wanted.named, "_today": clock.today()}).all()
    keys = slice(-len(order.columns), None)
    return rows, [(row.id, (*row[keys], row.id)) for row in rows]


@lru_cache(maxsize=100)
def _first_shown(inside: ColumnElement[bool], order: str, status: str | None, most: int) -> Select[*tuple[Any, ...]]:
    """The perimeter is in `inside`, once: given again beside the join, PostgreSQL reads all that the caller may see for
    each row of the page, instead of the row by its key."""
    wanted = keyset.PageQuery(sorting.of(order), inside, status, None, most, {})
    page = keyset.few(wanted).subquery("page")
    keys = [page.c[f"key_{rank}"] for rank in range(len(wanted.order.columns))]
    shown = _shown().add_columns(*keys).join(page, page.c.id == RentDeclaration.id)
    return shown.order_by(*wanted.order.directed((*keys, page.c.id)))


@cache
def _shown_of(sight: Sight) -> Select[*tuple[Any, ...]]:
    ids = bindparam("_ids", type_=Uuid[UUID](), expanding=True)
    return _shown().where(RentDeclaration.id.in_(ids), visible_with(sight))


def _shown() -> Select[*tuple[Any, ...]]:
    today = bindparam("_today", type_=Date())
    return joined(*SHOWN, *ANSWERED, late(today).label("late")).outerjoin(CafAnswer, ANSWER)


def _following(counts: dict[str, int], picked: keyset.Picked, limit: int) -> str | None:
    if len(picked) <= limit:
        return None
    return sorting.encode(counting.written(counts), picked[limit - 1][1])


def item(row: Row[Any]) -> DeclarationSummary:
    """A row of SHOWN and ANSWERED, with `late`, as the API shows it."""
    return {
        "id": str(row.id),
        "campaign": row.year,
        "status": row.state,
        "status_label": label(State(row.state), row.version),
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
        "answer": answers.answer(row, row.answered_version) if row.answer else None,
        "rent": None if row.rent is None else money.to_json(row.rent),
        "version": row.version,
        "updated_at": clock.iso(row.updated_at),
    }
