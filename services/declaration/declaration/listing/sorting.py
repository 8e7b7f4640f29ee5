"""The orders of a list. Each ends with the id, so that a cursor stands between two rows whatever they share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock, pagination
from chassis.problems import BadRequest, FieldError
from sqlalchemy import BigInteger, ColumnElement, case, func, literal, tuple_, type_coerce

from declaration.domain import texts
from declaration.domain.states import PRECEDENCE
from declaration.models import RentDeclaration

# Under any amount: what has no rent yet comes first.
NO_RENT = -1
LARGEST = 2**62

PRECEDENCE_OF_STATE = case({state.value: rank for state, rank in PRECEDENCE.items()}, value=RentDeclaration.state)
RENT = func.coalesce(type_coerce(RentDeclaration.rent, BigInteger), NO_RENT)


def _cents(text: str) -> int:
    cents = int(text[:20])
    if abs(cents) > LARGEST:
        raise ValueError("no amount")
    return cents


@dataclass(frozen=True)
class Order:
    """Columns before the id, with how a cursor's text becomes a value of each again."""

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
        """For ORDER BY, of columns that stand for these."""
        return tuple(column.desc() for column in columns) if self.descending else columns

    @property
    def name_given(self) -> str:
        """As in the address."""
        return f"-{self.name}" if self.descending else self.name

    def after(self, key: tuple[Any, ...], columns: tuple[ColumnElement[Any], ...] | None = None) -> ColumnElement[bool]:
        """The rows behind the one with this key; `columns` may stand for the order's own."""
        place = [literal(value, column.type) for value, column in zip(key, self.all, strict=True)]
        mine = tuple_(*(columns or self.all))
        return mine < tuple_(*place) if self.descending else mine > tuple_(*place)

    def read(self, texts_of_key: list[str]) -> tuple[Any, ...]:
        """The key from the texts of a cursor. Raises BadRequest when it is none of ours."""
        try:
            readers = (*self.readers, UUID)
            return tuple(reader(text) for reader, text in zip(readers, texts_of_key, strict=True))
        except (ValueError, OverflowError):
            raise bad_cursor() from None


BY_TENANT = Order("tenant", (RentDeclaration.tenant_key.expression,), (texts.folded,))
ORDERS = {
    each.name: each
    for each in (
        Order("status", (PRECEDENCE_OF_STATE, RentDeclaration.tenant_key.expression), (_cents, texts.folded)),
        BY_TENANT,
        Order("address", (RentDeclaration.place_key.expression,), (texts.folded,)),
        Order("updated_at", (RentDeclaration.updated_at.expression,), (clock.parse,)),
        Order("rent", (RENT,), (_cents,)),
    )
}
DEFAULT = "status"


def of(sort: str | None) -> Order:
    """`rent`, or `-rent` for the highest first; the contract lists the names."""
    name = sort or DEFAULT
    order = ORDERS[name.removeprefix("-")]
    return replace(order, descending=name.startswith("-"))


def bad_cursor() -> BadRequest:
    detail = "Ce curseur de pagination n’est pas valable."
    return BadRequest(errors=[FieldError(pointer="/query/cursor", code="cursor", detail=detail)])


def encode(order: Order, counts: str, key: tuple[Any, ...]) -> str:
    """The cursor also holds the counts: the pages that follow show them as they were and do not count again."""
    readable = (clock.iso(each) if isinstance(each, datetime) else each for each in key)
    return pagination.encode([order.name_given, counts, *readable])


def decode(order: Order, cursor: str) -> tuple[str, tuple[Any, ...]]:
    """Raises BadRequest for the cursor of another order, or of nobody."""
    name, counts, *key = pagination.decode(cursor, len(order.all) + 2) or ["", ""]
    if name != order.name_given:
        raise bad_cursor()
    return counts, order.read(key)
