"""Withdraws a reminder not sent yet when the landlord has finished since."""

from typing import Any

from sqlalchemy import ColumnElement, Exists, and_, exists
from sqlalchemy.orm import Session, aliased

from declaration import publishes
from declaration.domain.journey import EDITABLE
from declaration.models import Campaign, DeclarationRequest, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined


def withdraw(session: Session, declarations: ColumnElement[bool]) -> None:
    """
    Publishes a withdrawal for each landlord of these declarations who was reminded and has nothing left to declare.

    Call it after the commit that finished them, or inside the transaction of a set-based statement: when two people
    transmit the last two declarations together, each still sees the other's as unfinished.
    """
    asked = and_(
        DeclarationRequest.campaign_id == RentDeclaration.campaign_id, DeclarationRequest.landlord_id == Landlord.id
    )
    found = joined(RentDeclaration.campaign_id, Landlord.id, DeclarationRequest.written_for).join(
        DeclarationRequest, asked
    )
    finished = found.where(declarations, DeclarationRequest.written_for.is_not(None), ~_something_left()).distinct()
    for campaign_id, landlord_id, day in session.execute(finished).all():
        campaign, landlord = session.get_one(Campaign, campaign_id), session.get_one(Landlord, landlord_id)
        publishes.reminder_withdrawn(session, campaign, landlord, day)
        session.get_one(DeclarationRequest, (campaign_id, landlord_id)).written_for = None


def _something_left() -> Exists:
    """Filters by organisation and state first, covered by one index: a landlord may have thousands of tenants."""
    other, tenancy, dwelling = aliased(RentDeclaration), aliased(Tenancy), aliased(Dwelling)
    unfinished: Any = sorted(state.value for state in EDITABLE)
    return exists().where(
        other.organisation_id == Landlord.organisation_id,
        other.state.in_(unfinished),
        other.campaign_id == RentDeclaration.campaign_id,
        tenancy.id == other.tenancy_id,
        dwelling.id == tenancy.dwelling_id,
        dwelling.landlord_id == Landlord.id,
    )
