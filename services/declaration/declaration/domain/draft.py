"""The landlord's draft (three steps and the confirmations), and what the Caf already knew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from chassis import money


@dataclass(frozen=True, slots=True)
class Known:
    """What the Caf knows of the tenancy: the declaration is checked against it."""

    address: tuple[str, ...]
    commune_insee: str
    furnished: bool
    single_room: bool
    lease_start: date
    lease_end: date | None
    co_tenants: int
    previous_rent: Decimal | None
    previous_charges: Decimal | None
    benefit_kind: str
    benefit_amount: Decimal | None
    paid_to_landlord: bool


@dataclass(frozen=True, slots=True)
class Information:
    """Step 1: what the Caf knows of the dwelling and the lease, verified by the landlord."""

    address: tuple[str, ...]
    commune_insee: str
    furnished: bool
    single_room: bool
    lease_start: date
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """Step 2: the tenant's situation."""

    present: bool
    left_on: date | None
    new_address: tuple[str, ...] | None
    co_tenants: int
    rent_up_to_date: bool
    arrears_amount: Decimal | None
    first_default_on: date | None


@dataclass(frozen=True, slots=True)
class Rent:
    """Step 3: July's rent in euros, without charges, and the charges separately."""

    rent: Decimal
    charges: Decimal
    share: str
    full_month: bool
    furnished: bool

    @property
    def total(self) -> Decimal:
        """Euros, charges included: shown to the landlord to make « hors charges » unambiguous."""
        return self.rent + self.charges


@dataclass(frozen=True, slots=True)
class Draft:
    """The steps saved so far. A step is None until it is first saved."""

    information: Information | None = None
    situation: Situation | None = None
    rent: Rent | None = None
    confirmations: Mapping[str, str] = field(default_factory=dict)


Step = Information | Situation | Rent


S = TypeVar("S", Information, Situation, Rent)

_DAYS = frozenset({"lease_start", "left_on", "first_default_on"})
_AMOUNTS = frozenset({"rent", "charges", "arrears_amount"})
_ADDRESSES = frozenset({"address", "new_address"})


def to_json(step: Step) -> dict[str, Any]:
    """The stored and public form of a step: money as `"412.50"`, dates as ISO days, addresses as lists."""
    return {each.name: _plain(getattr(step, each.name)) for each in fields(step)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money.to_json(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def from_json(kind: type[S], stored: Mapping[str, Any]) -> S:
    """The step from the output of `to_json`; it was validated when it was saved."""
    return kind(**{each.name: _typed(each.name, stored[each.name]) for each in fields(kind)})


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in _AMOUNTS:
        return Decimal(value)
    return tuple(value) if name in _ADDRESSES else value
