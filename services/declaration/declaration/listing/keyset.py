"""Keyset pagination: each method reads as little as the known number of declarations allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Executable,
    Row,
    Select,
    String,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from declaration.domain.states import PRECEDENCE, State
from declaration.listing import sorting
from declaration.models import RentDeclaration

# Up to that many rows are read and sorted; beyond, an index is followed, and the page fills quickly.
FEW = 2000

# An id with its key in the order, id included.
Picked = list[tuple[UUID, tuple[Any, ...]]]


@dataclass(frozen=True)
class PageQuery:
    """At most `most` rows after `key`, among those `inside` (and in the state `status`), in an order.

    `named`: the parameters of `inside`; `common`: statements made of it are kept for the next who asks the same.
    """

    order: sorting.Order
    inside: ColumnElement[bool]
    status: str | None
    key: tuple[Any, ...] | None
    most: int
    named: Mapping[str, object]
    common: bool = False

    def rows(self, session: Session, statement: Executable) -> Sequence[Row[*tuple[Any, ...]]]:
        """Through the connection: of these columns the ORM would make as much work as of entities."""
        return session.connection().execute(statement, self.named).all()


def counts_by_state(session: Session, wanted: PageQuery) -> dict[str, int]:
    """States without declarations are absent."""
    if wanted.common:
        return {state: count for state, count in session.connection().execute(_counted(wanted.inside), wanted.named)}
    return {state: count for state, count in wanted.rows(session, _counted.__wrapped__(wanted.inside))}


@lru_cache(maxsize=100)
def _counted(inside: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(RentDeclaration.state, func.count()).where(inside).group_by(RentDeclaration.state)


def keyset_page(session: Session, wanted: PageQuery, counts: Mapping[str, int]) -> Picked:
    """The rows of the page, in order; `counts` by state, as they were at the first page."""
    there = _amount(wanted, counts)
    if there == 0 and wanted.key is None:
        return []
    if there <= FEW:
        return _keyed(wanted, wanted.rows(session, few(wanted)))
    if wanted.order.name in (sorting.DEFAULT, sorting.BY_TENANT.name):
        return _page_by_state(session, wanted, counts)
    sifted = select(RentDeclaration.id, *wanted.order.columns).where(wanted.inside)
    sifted = sifted.where(RentDeclaration.state == wanted.status) if wanted.status else sifted
    sifted = sifted.where(wanted.order.after(wanted.key)) if wanted.key else sifted
    return _keyed(wanted, wanted.rows(session, sifted.order_by(*wanted.order.by).limit(wanted.most)))


def at_once(wanted: PageQuery, counts: Mapping[str, int]) -> bool:
    """Whether `few` finds the page, and many ask for it: the first page of a list without search words."""
    return wanted.common and wanted.key is None and 0 < _amount(wanted, counts) <= FEW


def _amount(wanted: PageQuery, counts: Mapping[str, int]) -> int:
    return counts.get(wanted.status, 0) if wanted.status else sum(counts.values())


def searched(session: Session, wanted: PageQuery) -> tuple[dict[str, int], Picked]:
    """The counts by state and the first page: each text is searched once, for both."""
    found = _found(wanted.inside, wanted.order)
    page = _page_of(found, wanted).subquery()
    of_page = select(*page.c, type_coerce(null(), String).label("state"), literal(0).label("amount"))
    nothing: list[Any] = [type_coerce(null(), column.type) for column in page.c]
    counted = select(*nothing, found.c.state, func.count()).group_by(found.c.state)
    rows = wanted.rows(session, union_all(of_page, counted))
    keyed = _keyed(wanted, (row for row in rows if row.state is None))
    # A union has no order. Keys are plain letters, numbers and instants: Python sorts them as the databases do.
    in_order = sorted(keyed, key=itemgetter(1), reverse=wanted.order.descending)
    return {row.state: row.amount for row in rows if row.state is not None}, in_order


def few(wanted: PageQuery) -> Select[*tuple[Any, ...]]:
    """The ids of the page, with the columns of its order as `key_0`, `key_1`…"""
    return _page_of(_found(wanted.inside, wanted.order), wanted)


def _found(inside: ColumnElement[bool], order: sorting.Order) -> CTE:
    """All rows inside, read once: materialised, so that the planner does not follow an index hoping for a full page."""
    keys: list[Any] = [column.label(f"key_{rank}") for rank, column in enumerate(order.columns)]
    found = select(RentDeclaration.id, RentDeclaration.state, *keys).where(inside)
    return found.cte("found").prefix_with("MATERIALIZED")


def _page_of(found: CTE, wanted: PageQuery) -> Select[Any]:
    keys: tuple[Any, ...] = tuple(found.c[f"key_{rank}"] for rank in range(len(wanted.order.columns)))
    page = select(found.c.id, *keys)
    page = page.where(found.c.state == wanted.status) if wanted.status else page
    page = page.where(wanted.order.after(wanted.key, (*keys, found.c.id))) if wanted.key else page
    return page.order_by(*wanted.order.directed((*keys, found.c.id))).limit(wanted.most)


def _page_by_state(session: Session, wanted: PageQuery, counts: Mapping[str, int]) -> Picked:
    """State after state, each from the start of an index range, until the page is full."""
    states = [State(wanted.status)] if wanted.status else list(State)
    if wanted.key is None:
        states = [state for state in states if counts.get(state.value)]
    found: Picked = []
    for rank, alike, key in _ranges(wanted, states):
        rows = wanted.rows(session, _merged(wanted, alike, key, wanted.most - len(found)))
        found += [(row.id, (*rank, row.tenant_key, row.id)) for row in rows]
        if len(found) == wanted.most:
            break
    return found


def _ranges(
    wanted: PageQuery, states: list[State]
) -> Iterator[tuple[tuple[int, ...], list[State], tuple[Any, ...] | None]]:
    """States that are adjacent in the order, with their rank and their part of the key."""
    if wanted.order.name == sorting.BY_TENANT.name:
        yield (), states, wanted.key
        return
    for rank in sorted({PRECEDENCE[state] for state in states}, reverse=wanted.order.descending):
        at = wanted.key[0] if wanted.key else rank
        if rank == at or (rank < at) == wanted.order.descending:
            alike = [state for state in states if PRECEDENCE[state] == rank]
            yield (rank,), alike, wanted.key[1:] if wanted.key and rank == at else None


def _merged(wanted: PageQuery, states: list[State], key: tuple[Any, ...] | None, most: int) -> Select[Any]:
    within = sorting.of("-tenant" if wanted.order.descending else "tenant")
    parts = []
    for state in states:
        part = select(RentDeclaration.id, RentDeclaration.tenant_key)
        part = part.where(wanted.inside, RentDeclaration.state == state.value)
        part = part.where(within.after(key)) if key else part
        # As a subquery: SQLite takes no LIMIT in a part of a union.
        limited = part.order_by(*within.by).limit(most).subquery()
        parts.append(select(limited.c.id, limited.c.tenant_key))
    merged = union_all(*parts).subquery()
    return select(merged).order_by(*within.directed((merged.c.tenant_key, merged.c.id))).limit(most)


def _keyed(wanted: PageQuery, rows: Iterable[Any]) -> Picked:
    keys = slice(1, len(wanted.order.columns) + 1)
    return [(row[0], (*row[keys], row[0])) for row in rows]
