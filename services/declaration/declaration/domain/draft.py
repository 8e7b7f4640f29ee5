"""The landlord's draft (three steps and the confirmations), and what the Caf already knew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, TypeVar

from declaration.domain import declared
from declaration.domain.fields import Declared, Plain


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


# Typed values of the fields of `declared`; None: not answered, or a draft older than the field.
@dataclass(frozen=True, slots=True)
class Information:
    """Step 1 of `declared`."""

    address: tuple[str, ...]
    commune_insee: str
    furnished: bool
    single_room: bool
    lease_start: date
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """Step 2 of `declared`."""

    present: bool
    left_on: date | None
    new_address: tuple[str, ...] | None
    co_tenants: int
    rent_up_to_date: bool
    arrears_amount: Decimal | None
    first_default_on: date | None


@dataclass(frozen=True, slots=True)
class Rent:
    """Step 3 of `declared`."""

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
StoredStep = Mapping[str, Plain]


class StoredDraft(TypedDict, total=False):
    """The stored and public form of a draft; a step that is not saved is null, or not there."""

    information: StoredStep | None
    situation: StoredStep | None
    rent: StoredStep | None
    confirmations: dict[str, str]


TABLES: dict[type[Step], Mapping[str, Declared[Any]]] = {
    Information: declared.INFORMATION,
    Situation: declared.SITUATION,
    Rent: declared.RENT,
}
_ALWAYS = {
    kind: [name for name, each in table.items() if each.required and each.since == 1] for kind, table in TABLES.items()
}


def to_json(step: Step) -> dict[str, Plain]:
    """The stored and public form of a step: money as `"412.50"`, dates as ISO days, addresses as lists."""
    return {
        name: None if (value := getattr(step, name)) is None else each.store(value)
        for name, each in TABLES[type(step)].items()
    }


def from_json(kind: type[S], stored: Mapping[str, Any] | None) -> S | None:
    """The step from the output of `to_json`, today's or that of an older format.

    A field that is not there is not answered yet; without an answer that every format has, nor is the step.
    """
    if not stored or any(stored.get(name) is None for name in _ALWAYS[kind]):
        return None
    # A value has the type that its field restores: the tables say it, one by one.
    values: dict[str, Any] = {
        name: None if (value := stored.get(name)) is None else each.restore(value)
        for name, each in TABLES[kind].items()
    }
    return kind(**values)
