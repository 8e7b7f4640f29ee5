"""Opens a campaign over the portfolio, set by set: declarations, first state transition, landlords to ask.

Every statement adds only what is missing, so that tenancies registered while the campaign is open join it.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import upsert
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, and_, case, exists, false, func, insert, literal, null, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from declaration import publishes
from declaration.campaigns import reminder_withdrawal
from declaration.domain import july
from declaration.domain.july import Exemption
from declaration.domain.states import State, Trigger, advance
from declaration.models import (
    Campaign,
    DeclarationRequest,
    Dwelling,
    Landlord,
    RentDeclaration,
    StateTransition,
    Tenancy,
)
from declaration.published_types import Tenant
from declaration.sql import give_memory, new_id

ASKED_AT_ONCE = 200
CHANNEL = "registry"


def complete(session: Session, campaign: Campaign, *, actor: str) -> dict[str, int]:
    """Adds what the campaign lacks; returns the counts of declarations to make, not concerned, and landlords to ask."""
    now = clock.now()
    give_memory(session)
    _hold_portfolio(session)
    # Existing rows before new ones: the first time, there is nothing to look at again.
    _reconsider(session, campaign, actor, now)
    _add_declarations(session, campaign, now)
    _add_transitions(session, campaign, actor, now)
    landlords = _add_requests(session, campaign)
    concerned = _count(session, campaign, RentDeclaration.state != State.NOT_CONCERNED.value)
    exempt = _count(session, campaign, RentDeclaration.state == State.NOT_CONCERNED.value)
    return {"declarations": concerned, "not_concerned": exempt, "landlords": landlords}


def _hold_portfolio(session: Session) -> None:
    """Locks the portfolio: a slice committed during the copy would leave its declarations with the old values.

    Locks in the order in which a slice writes. SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE landlord, dwelling, tenancy IN SHARE MODE"))


def _exemption(year: int) -> ColumnElement[str | None]:
    """`july.exemption` in SQL; a test compares the two."""
    return case(
        (Tenancy.lease_start > july.last_day(year), Exemption.ENTERED_AFTER_JULY.value),
        (Tenancy.lease_end < july.first_day(year), Exemption.LEFT_BEFORE_JULY.value),
        else_=null(),
    )


def _add_declarations(session: Session, campaign: Campaign, now: datetime) -> None:
    exemption = _exemption(campaign.year)
    values = {
        "id": new_id(),
        "campaign_id": literal(campaign.id),
        "tenancy_id": Tenancy.id,
        "state": case(
            (exemption.is_(None), advance(None, Trigger.OPEN).value), else_=advance(None, Trigger.EXEMPT).value
        ),
        "version": literal(1),
        "revision": literal(1),
        "exemption": exemption,
        "late": false(),
        "draft": literal({}, RentDeclaration.draft.type),
        "updated_at": literal(now, RentDeclaration.updated_at.type),
        "organisation_id": Landlord.organisation_id,
        "caf_code": literal(campaign.caf_code),
        "housing_type": Dwelling.housing_type,
        "departement": Dwelling.departement,
        "commune_insee": Dwelling.commune_insee,
        "tenant_key": Tenancy.search,
        "place_key": Dwelling.search,
    }
    columns: list[Any] = [column.label(name) for name, column in values.items()]
    selected = (
        select(*columns)
        .join(Dwelling, Dwelling.id == Tenancy.dwelling_id)
        .join(Landlord, Landlord.id == Dwelling.landlord_id)
        .where(Landlord.caf_code == campaign.caf_code, or_(Landlord.moves == 0, ~_asked_elsewhere(campaign)))
    )
    added = upsert(session, RentDeclaration).from_select(list(values), selected, include_defaults=False)
    session.execute(added.on_conflict_do_nothing(index_elements=["campaign_id", "tenancy_id"]))


def _asked_elsewhere(campaign: Campaign) -> ColumnElement[bool]:
    """Asked by the landlord's former Caf: nobody is asked twice for one July."""
    there = select(Campaign.id).where(Campaign.year == campaign.year, Campaign.id != campaign.id)
    other = aliased(RentDeclaration)
    return exists().where(other.tenancy_id == Tenancy.id, other.campaign_id.in_(there))


def _add_transitions(session: Session, campaign: Campaign, actor: str, now: datetime) -> None:
    first = {
        "declaration_id": RentDeclaration.id,
        "version": RentDeclaration.version,
        "event": case((RentDeclaration.exemption.is_(None), Trigger.OPEN.value), else_=Trigger.EXEMPT.value),
        "to_state": RentDeclaration.state,
        "at": literal(now, StateTransition.at.type),
        "actor": literal(actor),
        "channel": literal(CHANNEL),
        "reason": RentDeclaration.exemption,
    }
    known = select(StateTransition.declaration_id).where(StateTransition.declaration_id == RentDeclaration.id).exists()
    selected = select(*first.values()).where(RentDeclaration.campaign_id == campaign.id, ~known)
    session.execute(insert(StateTransition).from_select(list(first), selected, include_defaults=False))


def _reconsider(session: Session, campaign: Campaign, actor: str, now: datetime) -> None:
    """Leases corrected since: a declaration already begun continues, and `exemption` follows the registry."""
    exemption = _exemption(campaign.year)
    here = and_(RentDeclaration.campaign_id == campaign.id, RentDeclaration.tenancy_id == Tenancy.id)
    differs = and_(here, RentDeclaration.exemption.is_distinct_from(exemption))
    untouched = {
        Trigger.LEASE_LEAVES_JULY: and_(RentDeclaration.state == State.TO_DECLARE.value, exemption.is_not(None)),
        Trigger.LEASE_JOINS_JULY: and_(RentDeclaration.state == State.NOT_CONCERNED.value, exemption.is_(None)),
    }
    following = {
        event: advance(state, event).value
        for event, state in (
            (Trigger.LEASE_LEAVES_JULY, State.TO_DECLARE),
            (Trigger.LEASE_JOINS_JULY, State.NOT_CONCERNED),
        )
    }
    for event, concerned in untouched.items():
        transition = {
            "declaration_id": RentDeclaration.id,
            "version": RentDeclaration.version,
            "event": literal(event.value),
            "from_state": RentDeclaration.state,
            "to_state": literal(following[event]),
            "at": literal(now, StateTransition.at.type),
            "actor": literal(actor),
            "channel": literal(CHANNEL),
            "reason": exemption,
        }
        columns: list[Any] = [value.label(name) for name, value in transition.items()]
        selected = select(*columns).where(differs, concerned)
        session.execute(insert(StateTransition).from_select(list(transition), selected, include_defaults=False))
    state = case(
        *[(concerned, following[event]) for event, concerned in untouched.items()], else_=RentDeclaration.state
    )
    moved = case((or_(*untouched.values()), 1), else_=0)
    values = {"exemption": exemption, "state": state, "revision": RentDeclaration.revision + moved, "updated_at": now}
    changed = update(RentDeclaration).where(differs).values(values)
    session.execute(changed.execution_options(synchronize_session=False))
    left = and_(RentDeclaration.state == State.NOT_CONCERNED.value, RentDeclaration.updated_at == now)
    reminder_withdrawal.withdraw(session, and_(RentDeclaration.campaign_id == campaign.id, left))


def _add_requests(session: Session, campaign: Campaign) -> int:
    selected = (
        select(literal(campaign.id), Dwelling.landlord_id)
        .join(Tenancy, Tenancy.dwelling_id == Dwelling.id)
        .join(RentDeclaration, RentDeclaration.tenancy_id == Tenancy.id)
        .where(RentDeclaration.campaign_id == campaign.id, RentDeclaration.state == State.TO_DECLARE.value)
        .distinct()
    )
    added = upsert(session, DeclarationRequest).from_select(
        ["campaign_id", "landlord_id"], selected, include_defaults=False
    )
    session.execute(added.on_conflict_do_nothing(index_elements=["campaign_id", "landlord_id"]))
    counted = select(func.count()).select_from(DeclarationRequest).where(DeclarationRequest.campaign_id == campaign.id)
    return session.execute(counted).scalar_one()


def _count(session: Session, campaign: Campaign, condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(RentDeclaration)
    return session.execute(statement.where(RentDeclaration.campaign_id == campaign.id, condition)).scalar_one()


def ask_landlords(runtime: Runtime) -> None:
    """Asks the landlords not asked yet, a few at a time: nobody waits while the names of a whole Caf are encrypted."""
    while _ask_some(runtime):
        pass


def _ask_some(runtime: Runtime) -> bool:
    with runtime.transaction() as session:
        waiting = (
            select(DeclarationRequest, Campaign, Landlord)
            .join(Campaign, Campaign.id == DeclarationRequest.campaign_id)
            .join(Landlord, Landlord.id == DeclarationRequest.landlord_id)
            .where(DeclarationRequest.asked_at.is_(None))
            .limit(ASKED_AT_ONCE)
            .with_for_update(of=DeclarationRequest, skip_locked=True)
        )
        rows = session.execute(waiting).all()
        tenants = _tenants(session, [landlord.id for _, _, landlord in rows])
        for asked, campaign, landlord in rows:
            publishes.landlord_asked(session, campaign, landlord, tenants[campaign.id, landlord.id])
            asked.asked_at = clock.now()
    return bool(rows)


def _tenants(session: Session, landlord_ids: list[UUID]) -> dict[tuple[UUID, UUID], list[Tenant]]:
    """Tenants with something to declare, by campaign and landlord: one statement for all landlords asked together."""
    statement = (
        select(
            RentDeclaration.campaign_id,
            Dwelling.landlord_id,
            Tenancy.tenant_number,
            Tenancy.tenant_last_name,
            Tenancy.tenant_first_name,
            Dwelling.address,
        )
        .join(Tenancy, Tenancy.id == RentDeclaration.tenancy_id)
        .join(Dwelling, Dwelling.id == Tenancy.dwelling_id)
        .where(Dwelling.landlord_id.in_(landlord_ids), RentDeclaration.state != State.NOT_CONCERNED.value)
        .order_by(Tenancy.sort_key, Tenancy.id)
    )
    found: dict[tuple[UUID, UUID], list[Tenant]] = defaultdict(list)
    for campaign_id, landlord_id, number, last_name, first_name, address in session.execute(statement):
        tenant: Tenant = {"number": number, "last_name": last_name, "first_name": first_name, "address": address}
        found[campaign_id, landlord_id].append(tenant)
    return found
