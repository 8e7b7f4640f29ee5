"""Reminders on the days of a campaign, and what is left when its last day has passed."""

from collections import Counter
from datetime import date
from uuid import UUID

from chassis import clock, journal
from chassis.runtime import Runtime
from sqlalchemy import func, null, or_, select
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.domain import campaign as rules
from declaration.domain.campaign import Phase
from declaration.domain.journey import EDITABLE
from declaration.models import Campaign, DeclarationRequest, Dwelling, Landlord, RentDeclaration, Tenancy

AT_ONCE = 200
ACTOR = "cut-off"
_UNFINISHED = RentDeclaration.state.in_(sorted(state.value for state in EDITABLE))


def remind(runtime: Runtime) -> None:
    """Periodic job: reminds the landlords of open campaigns on their days, a few at a time."""
    today = clock.today()
    with runtime.read_only() as session:
        opened = select(Campaign.id, Campaign.reminders).where(Campaign.phase == Phase.OPEN.value)
        found = session.execute(opened).all()
    for campaign_id, reminders in found:
        day = rules.due_reminder(map(date.fromisoformat, reminders), today)
        while day and _remind_some(runtime, campaign_id, day):
            pass


def _remind_some(runtime: Runtime, campaign_id: UUID, day: date) -> bool:
    """Checks a few landlords for that day; reminds those who were asked before it and have not finished."""
    with runtime.transaction() as session:
        waiting = (
            select(DeclarationRequest, Campaign, Landlord)
            .join(Campaign, Campaign.id == DeclarationRequest.campaign_id)
            .join(Landlord, Landlord.id == DeclarationRequest.landlord_id)
            .where(
                DeclarationRequest.campaign_id == campaign_id,
                Campaign.phase == Phase.OPEN.value,
                or_(DeclarationRequest.reminded_for.is_(None), DeclarationRequest.reminded_for < day),
                DeclarationRequest.asked_at.is_not(None),
            )
            .limit(AT_ONCE)
            .with_for_update(of=DeclarationRequest, skip_locked=True)
        )
        rows = session.execute(waiting).all()
        remaining = _remaining(session, campaign_id, [landlord.id for _, _, landlord in rows])
        for asked, campaign, landlord in rows:
            asked.reminded_for = day
            asked_on = asked.asked_at.astimezone(clock.PARIS).date() if asked.asked_at else day
            if remaining[landlord.id] and asked_on < day:
                asked.written_for = day
                publishes.reminder_due(session, campaign, landlord, day, remaining[landlord.id])
    return bool(rows)


def _remaining(session: Session, campaign_id: UUID, landlord_ids: list[UUID]) -> Counter[UUID]:
    statement = (
        select(Dwelling.landlord_id, func.count())
        .join(Tenancy, Tenancy.dwelling_id == Dwelling.id)
        .join(RentDeclaration, RentDeclaration.tenancy_id == Tenancy.id)
        .where(RentDeclaration.campaign_id == campaign_id, Dwelling.landlord_id.in_(landlord_ids), _UNFINISHED)
        .group_by(Dwelling.landlord_id)
    )
    return Counter({landlord_id: count for landlord_id, count in session.execute(statement)})


def cut_off(runtime: Runtime) -> None:
    """Periodic job: closes campaigns whose last day has passed and keeps the count of unfinished declarations."""
    with runtime.transaction() as session:
        passed = select(Campaign).where(
            Campaign.phase != Phase.DRAFT.value, Campaign.cut_off < clock.today(), Campaign.unfinished.is_(null())
        )
        for campaign in session.execute(passed.with_for_update(skip_locked=True)).scalars():
            campaign.phase = Phase.CLOSED.value
            campaign.unfinished = _left(session, campaign)
            journal.record(
                session,
                actor=ACTOR,
                action="campaign.cut_off",
                subject=campaign.id,
                perimeter=campaign.caf_code,
                after=campaign.unfinished,
            )


def _left(session: Session, campaign: Campaign) -> dict[str, int]:
    """Counts of unfinished declarations by state. Nothing is erased: drafts stay as they are."""
    counted = select(RentDeclaration.state, func.count()).where(RentDeclaration.campaign_id == campaign.id, _UNFINISHED)
    found = {state: count for state, count in session.execute(counted.group_by(RentDeclaration.state))}
    return {state.value: found.get(state.value, 0) for state in sorted(EDITABLE)}
