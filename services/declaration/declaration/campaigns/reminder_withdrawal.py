"""Withdraws a reminder not sent yet when the landlord has finished since."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Result, Select, and_, bindparam, exists
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
    _withdraw(session, session.execute(_finished(declarations)))


def withdraw_of(session: Session, declaration_id: UUID) -> None:
    """As `withdraw`, for one declaration: asked for each receipt, so the statement is made once."""
    _withdraw(session, session.execute(_one_finished(), {"declaration_id": declaration_id}))


def _withdraw(session: Session, found: Result[UUID, UUID, date]) -> None:
    for campaign_id, landlord_id, day in found.all():
        campaign, landlord = session.get_one(Campaign, campaign_id), session.get_one(Landlord, landlord_id)
        publishes.reminder_withdrawn(session, campaign, landlord, day)
        session.get_one(DeclarationRequest, (campaign_id, landlord_id)).written_for = None


@cache
def _one_finished() -> Select[UUID, UUID, date]:
    return _finished(RentDeclaration.id == bindparam("declaration_id"))


def _finished(declarations: ColumnElement[bool]) -> Select[UUID, UUID, date]:
    asked = and_(
        DeclarationRequest.campaign_id == RentDeclaration.campaign_id, DeclarationRequest.landlord_id == Landlord.id
    )
    found = joined(RentDeclaration.campaign_id, Landlord.id, DeclarationRequest.written_for).join(
        DeclarationRequest, asked
    )
    return found.where(declarations, DeclarationRequest.written_for.is_not(None), ~_something_left()).distinct()


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
