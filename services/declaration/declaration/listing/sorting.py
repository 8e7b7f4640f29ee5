"""Orders of a list. Each ends with the id, so that a cursor separates two rows even with equal columns."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock, pagination
from sqlalchemy import BigInteger, ColumnElement, case, func, literal, tuple_, type_coerce

from declaration.domain.states import PRECEDENCE
from declaration.listing import counting
from declaration.models import RentDeclaration

# Below any amount: declarations without a rent come first.
NO_RENT = -1

PRECEDENCE_OF_STATE = case({state.value: rank for state, rank in PRECEDENCE.items()}, value=RentDeclaration.state)
RENT = func.coalesce(type_coerce(RentDeclaration.rent, BigInteger), NO_RENT)


@dataclass(frozen=True)
class Order:
    """Columns before the id, with how each value is read back from a cursor."""

    name: str
    columns: tuple[ColumnElement[Any], ...]
    readers: tuple[Callable[[str], Any], ...]
    descending: bool = False

    @property
    def all(self) -> tuple[ColumnElement[Any], ...]:
        return (*self.columns, RentDeclaration.id.expression)

    @property
    def by(self) -> tuple[ColumnElement[Any], ...]:
        """For ORDER BY."""
        return self.directed(self.all)

    def directed(self, columns: tuple[ColumnElement[Any], ...]) -> tuple[ColumnElement[Any], ...]:
        """For ORDER BY, on other columns in the place of these."""
        return tuple(column.desc() for column in columns) if self.descending else columns

    @property
    def name_given(self) -> str:
        """As in the URL."""
        return f"-{self.name}" if self.descending else self.name

    def after(self, key: tuple[Any, ...], columns: tuple[ColumnElement[Any], ...] | None = None) -> ColumnElement[bool]:
        """The rows after the one with this key; `columns` may replace the order's own."""
        place = [literal(value, column.type) for value, column in zip(key, self.all, strict=True)]
        mine = tuple_(*(columns or self.all))
        return mine < tuple_(*place) if self.descending else mine > tuple_(*place)


BY_TENANT = Order("tenant", (RentDeclaration.tenant_key.expression,), (str,))
ORDERS = {
    each.name: each
    for each in (
        Order("status", (PRECEDENCE_OF_STATE, RentDeclaration.tenant_key.expression), (int, str)),
        BY_TENANT,
        Order("address", (RentDeclaration.place_key.expression,), (str,)),
        Order("updated_at", (RentDeclaration.updated_at.expression,), (clock.parse,)),
        Order("rent", (RENT,), (int,)),
    )
}
DEFAULT = "status"


def of(sort: str | None) -> Order:
    """`rent`, or `-rent` for the highest first; the contract lists the names."""
    name = sort or DEFAULT
    order = ORDERS[name.removeprefix("-")]
    return replace(order, descending=name.startswith("-"))


def encode(counts: str, key: tuple[Any, ...]) -> str:
    """The cursor also holds the counts: the following pages show them unchanged and do not count again."""
    readable = (clock.iso(each) if isinstance(each, datetime) else each for each in key)
    return pagination.encode([counts, *readable])


def decode(order: Order, cursor: str | None) -> tuple[dict[str, int] | None, tuple[Any, ...] | None]:
    """The counts and the key; none on the first page. Raises BadRequest for an invalid cursor, or another order's."""
    found = pagination.after(cursor, counting.read, *order.readers, UUID)
    return (found[0], found[1:]) if found else (None, None)
