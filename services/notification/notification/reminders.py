"""Reminders: sent on their day, withdrawn if the landlord finishes before they are sent."""

from uuid import UUID

from chassis import clock
from sqlalchemy import select
from sqlalchemy.orm import Session

from notification import landlords
from notification.consumed_types import ReminderDue, ReminderDueData, ReminderWithdrawn, ReminderWithdrawnData
from notification.domain.channels import Channel
from notification.domain.messages import Template
from notification.domain.states import State, Trigger
from notification.lifecycle import start, transition
from notification.message_requests import create, of_act
from notification.models import Message

FINISHED = "landlord-finished"
TAKEN_BACK = (State.WAITING, State.TO_COMPOSE, State.COMPOSED, State.ADDRESS_REFUSED)


def reminder_due(session: Session, event: ReminderDue) -> None:
    """One per landlord and reminder day, for all tenants: an e-mail if an address is known, else a letter."""
    create(session, landlords.message_request(session, event, Template.REMINDER, _act(event.data), event.data))


def reminder_withdrawn(session: Session, event: ReminderWithdrawn) -> None:
    """The landlord has finished: cancels whatever of that reminder has not been sent."""
    act = _act(event.data)
    rows = session.scalars(select(Message).where(of_act(act)).with_for_update()).all()
    if not rows:
        _refuse_beforehand(session, event, act)
    for message in rows:
        if message.status in TAKEN_BACK:
            transition(session, message, Trigger.WITHDRAWN, FINISHED)
        elif message.status is State.SENDING:
            # Being handed to the relay: if postponed or refused there, it is not retried.
            message.expires_at = clock.now()


def _refuse_beforehand(session: Session, event: ReminderWithdrawn, act: str) -> None:
    """Events may arrive out of order: records the act as handled, so that a later reminder does nothing."""
    data = event.data
    message = Message(
        act=act,
        template=Template.REMINDER,
        channel=Channel.LETTER,
        state=State.WITHDRAWN,
        reason=FINISHED,
        rank=Template.REMINDER.kind.rank,
        caf_code=data["caf_code"],
        landlord_id=UUID(data["landlord_id"]),
        recipient_name=event.personal["name"][:200],
        address=[],
        variables={},
        act_at=event.time,
    )
    start(session, message)


def _act(data: ReminderDueData | ReminderWithdrawnData) -> str:
    return f"reminder:{data['campaign_id']}:{data['landlord_id']}:{data['reminder_on']}"
