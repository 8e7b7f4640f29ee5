"""Who sees what, as SQL: every query of declarations carries this condition."""

from typing import Any

from chassis import rights
from chassis.auth import Caller
from sqlalchemy import ColumnElement, Select, false, select, true

from declaration.models import Base, Campaign, Dwelling, Landlord, RentDeclaration, Tenancy


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
        return true() if caller.supervisor else RentDeclaration.caf_code == caller.caf
    if caller.kind != "landlord" or caller.org is None:
        return false()
    held = rights.held_by(
        caller.sub,
        Base.metadata,
        organisation_id=RentDeclaration.organisation_id.expression,
        housing_type=RentDeclaration.housing_type.expression,
        zones=(RentDeclaration.departement.expression, RentDeclaration.commune_insee.expression),
    )
    return (RentDeclaration.organisation_id == caller.org) & held


def of_caf(caller: Caller) -> ColumnElement[bool]:
    """The campaigns of the agent's Caf; all of them for a supervisor."""
    return true() if caller.supervisor else Campaign.caf_code == caller.caf
