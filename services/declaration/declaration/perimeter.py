"""Who sees what, as SQL: every query of declarations carries this condition."""

from typing import Any

from chassis.auth import Caller
from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true

from declaration.domain.communes import WHOLE_COUNTRY
from declaration.models import Access, AccessScope, Campaign, Dwelling, Landlord, RentDeclaration, Tenancy


def joined(*columns: Any) -> Select[Any]:
    """A selection over declarations with their tenancy, dwelling, landlord and campaign."""
    chosen: Select[Any] = select(*columns)
    return (
        chosen.select_from(RentDeclaration)
        .join(Campaign, Campaign.id == RentDeclaration.campaign_id)
        .join(Tenancy, Tenancy.id == RentDeclaration.tenancy_id)
        .join(Dwelling, Dwelling.id == Tenancy.dwelling_id)
        .join(Landlord, Landlord.id == Dwelling.landlord_id)
    )


def visible(caller: Caller) -> ColumnElement[bool]:
    """The declarations the caller may see: by Caf for an agent, by habilitation for anyone of a landlord."""
    if caller.kind == "agent":
        return of_caf(caller)
    if caller.kind != "landlord" or caller.org is None:
        return false()
    held = exists().where(
        Access.account_id == caller.sub,
        Access.active,
        Access.organisation_id == Landlord.organisation_id,
        AccessScope.account_id == Access.account_id,
        AccessScope.housing_type == Dwelling.housing_type,
        or_(
            AccessScope.zone == Dwelling.departement,
            AccessScope.zone == Dwelling.commune_insee,
            AccessScope.zone == WHOLE_COUNTRY,
        ),
    )
    return (Landlord.organisation_id == caller.org) & held


def of_caf(caller: Caller) -> ColumnElement[bool]:
    """The campaigns of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else Campaign.caf_code == caller.caf
