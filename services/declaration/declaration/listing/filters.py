"""Filters of a list, as conditions on the list columns of declarations."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from chassis import clock
from chassis.french.zones import covered
from sqlalchemy import BindParameter, ColumnElement, case, or_, select

from declaration.domain import communes, texts
from declaration.domain.campaign import Phase
from declaration.domain.journey import EDITABLE
from declaration.models import Campaign, Dwelling, Landlord, RentDeclaration, Tenancy

LONGEST_DEPARTEMENT = 3


@dataclass(frozen=True)
class Filters:
    """Filters of a list; None means no filter."""

    campaign: int | None = None
    status: str | None = None
    housing_type: str | None = None
    zone: str | None = None
    q: str | None = None
    late: bool | None = None
    # 14 digits.
    user_number: str | None = None

    @property
    def common(self) -> bool:
        """Whether many people ask with the same values."""
        return not self.q and not self.user_number


def of_query(given: Mapping[str, Any]) -> Filters:
    """From the parameters of a request; a user number may hold spaces, as on the letter."""
    # connexion passes the caller along with the parameters to a handler that takes them all.
    # It has checked their types.
    named: dict[str, Any] = {field.name: given.get(field.name) for field in fields(Filters)}
    number = "".join((named["user_number"] or "").split()) or None
    return Filters(**{**named, "user_number": number})


def conditions(filters: Filters, today: date | None = None) -> list[ColumnElement[bool]]:
    """All but `status`: counts by state apply the other filters only."""
    found: list[ColumnElement[bool]] = []
    if filters.campaign is not None:
        found.append(_of_campaigns(Campaign.year == filters.campaign))
    if filters.housing_type:
        found.append(RentDeclaration.housing_type == filters.housing_type)
    if filters.zone:
        found.append(_in_zone(filters.zone))
    # The words are folded to letters and digits: they hold no wildcard.
    words = texts.terms(filters.q or "")
    found += [
        or_(RentDeclaration.tenant_key.contains(word), RentDeclaration.place_key.contains(word)) for word in words
    ]
    if filters.late is not None:
        found.append(late(today or clock.today()).is_(filters.late))
    if filters.user_number:
        found.append(_of_landlord(filters.user_number))
    return found


def late(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """As `LoadedDeclaration.late`: the mark once transmitted, else whether the deadline has passed."""
    in_hand = RentDeclaration.state.in_([state.value for state in EDITABLE])
    passed = or_(Campaign.phase == Phase.CLOSED.value, Campaign.deadline < today)
    return case((in_hand, _of_campaigns(passed)), else_=RentDeclaration.late)


def _of_campaigns(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A subquery, since campaigns are few: the scan stays on one table."""
    return RentDeclaration.campaign_id.in_(select(Campaign.id).where(condition))


def _in_zone(zone: str) -> ColumnElement[bool]:
    """A département, or every commune that may be meant; an unknown commune matches nothing."""
    if len(zone) <= LONGEST_DEPARTEMENT and not zone.isalpha():
        return RentDeclaration.departement == zone.upper()
    found = [each for code in communes.codes(zone) for each in covered(code)]
    return RentDeclaration.commune_insee.in_(found)


def _of_landlord(user_number: str) -> ColumnElement[bool]:
    tenancies = select(Tenancy.id).join(Dwelling, Dwelling.id == Tenancy.dwelling_id)
    tenancies = tenancies.join(Landlord, Landlord.id == Dwelling.landlord_id)
    return RentDeclaration.tenancy_id.in_(tenancies.where(Landlord.user_number == user_number))
