"""Who may see what, as SQL: every query of declarations carries this condition."""

from collections import defaultdict
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any
from uuid import UUID

from chassis import rights
from chassis.auth import Caller
from chassis.french.zones import WHOLE_COUNTRY
from sqlalchemy import BindParameter, ColumnElement, Select, Uuid, bindparam, false, or_, select, true
from sqlalchemy.orm import Session

from declaration.models import Base, Campaign, Dwelling, Landlord, RentDeclaration, Tenancy


def joined(*columns: Any) -> Select[Any]:
    """A select over declarations joined with tenancy, dwelling, landlord and campaign."""
    chosen: Select[Any] = select(*columns)
    return (
        chosen.select_from(RentDeclaration)
        .join(Campaign, Campaign.id == RentDeclaration.campaign_id)
        .join(Tenancy, Tenancy.id == RentDeclaration.tenancy_id)
        .join(Dwelling, Dwelling.id == Tenancy.dwelling_id)
        .join(Landlord, Landlord.id == Dwelling.landlord_id)
    )


class Sight(Enum):
    """The form of the perimeter; who the caller is are its parameters."""

    NOTHING = auto()
    # What habilitation gives a landlord's user.
    RIGHTS = auto()
    CAF = auto()
    EVERYTHING = auto()


def sight_of(caller: Caller) -> Sight:
    if caller.kind == "agent":
        return Sight.EVERYTHING if caller.supervisor else Sight.CAF
    return Sight.NOTHING if caller.kind != "landlord" or caller.org is None else Sight.RIGHTS


def visible(caller: Caller) -> ColumnElement[bool]:
    """The declarations the caller may see: by Caf for an agent, by habilitation for a landlord's users."""
    return _visible(sight_of(caller), caller.sub, caller.org, caller.caf)


def visible_with(sight: Sight) -> ColumnElement[bool]:
    """As `visible`, in a statement that is built once and executed with `parameters`."""
    uuid = Uuid[UUID]()
    return _visible(sight, bindparam("_sub", type_=uuid), bindparam("_org", type_=uuid), bindparam("_caf"))


def parameters(caller: Caller) -> Mapping[str, object]:
    """For a statement with `visible_with`; a missing one is an error, never another perimeter."""
    return {"_sub": caller.sub, "_org": caller.org, "_caf": caller.caf}


def _visible(
    sight: Sight,
    sub: UUID | BindParameter[UUID],
    org: UUID | BindParameter[UUID] | None,
    caf: str | BindParameter[Any] | None,
) -> ColumnElement[bool]:
    if sight is Sight.NOTHING:
        return false()
    if sight is Sight.EVERYTHING:
        return true()
    if sight is Sight.CAF:
        return RentDeclaration.caf_code == caf
    held = rights.held_by(
        sub,
        Base.metadata,
        organisation_id=RentDeclaration.organisation_id.expression,
        housing_type=RentDeclaration.housing_type.expression,
        zones=(RentDeclaration.departement.expression, RentDeclaration.commune_insee.expression),
    )
    return (RentDeclaration.organisation_id == org) & held


# Campaigns of an agent's Caf, or pairs (housing type, zone) of a landlord's user.
Held = frozenset[Any]


def held(session: Session, caller: Caller) -> Held:
    """What `literally` needs to know of the caller."""
    sight = sight_of(caller)
    if sight is Sight.CAF:
        campaigns = session.connection().execute(_CAMPAIGNS, {"_caf": caller.caf})
        return frozenset(campaign_id for (campaign_id,) in campaigns)
    if sight is Sight.RIGHTS:
        return frozenset(map(tuple, session.connection().execute(_SCOPES, {"_sub": caller.sub})))
    return frozenset()


def literally(sight: Sight, held: Held) -> ColumnElement[bool]:
    """The same perimeter as literal values: `visible` decides, this shows the planner how few rows remain.

    It cannot see through subqueries: it would assume half of the organisation, and scan all of it.
    """
    if sight is Sight.EVERYTHING:
        return true()
    if sight is Sight.CAF:
        return RentDeclaration.campaign_id.in_(held)
    zones: dict[str, set[str]] = defaultdict(set)
    for kind, zone in held:
        zones[kind].add(zone)
    return or_(false(), *(_of_type(kind, zones[kind]) for kind in sorted(zones)))


_access_scope = Base.metadata.tables["access_scope"].c
_SCOPES = select(_access_scope.housing_type, _access_scope.zone).where(_access_scope.account_id == bindparam("_sub"))
_CAMPAIGNS = select(Campaign.id).where(Campaign.caf_code == bindparam("_caf"))


def _of_type(housing_type: str, zones: set[str]) -> ColumnElement[bool]:
    of_type = RentDeclaration.housing_type == housing_type
    if WHOLE_COUNTRY in zones:
        return of_type
    # No commune has the code of a département.
    return of_type & (RentDeclaration.departement.in_(zones) | RentDeclaration.commune_insee.in_(zones))


def of_caf(caller: Caller) -> ColumnElement[bool]:
    """The campaigns of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else Campaign.caf_code == caller.caf
