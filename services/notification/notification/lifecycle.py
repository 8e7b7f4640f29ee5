"""The life of a message: state transitions by the table of `domain.states`, one row each, then erasure."""

from chassis import clock
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from notification.domain.states import FINAL, State, Trigger, advance
from notification.models import Message, StateTransition

# Built once: it runs for each message and each of its events.
_LOCKED = (
    select(Message)
    .where(Message.id == bindparam("message_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def locked(session: Session, message_id: object) -> Message | None:
    """The message's current row, locked until the end of the transaction."""
    return session.scalars(_LOCKED, {"message_id": message_id}).one_or_none()


def start(session: Session, message: Message) -> None:
    """Inserts the message and its first state transition."""
    session.add(message)
    session.flush()
    _record(session, message, "created", None, None)


def transition(session: Session, message: Message, event: Trigger, reason: str | None = None) -> bool:
    """Returns whether anything changed; a repeated event changes nothing. Raises TransitionRefused."""
    before = message.status
    after = advance(before, event)
    if after is before and event is not Trigger.CLAIMED:
        return False
    message.state, message.reason, message.updated_at = after, reason, clock.now()
    if after is State.DELIVERED:
        message.sent_at = message.updated_at
    if after in FINAL:
        erase(message)
    _record(session, message, event, before, reason)
    return True


def erase(message: Message) -> None:
    """Erases the content; keeps that something was sent, the name, when, and the outcome."""
    message.secret, message.email, message.address, message.variables = None, None, [], {}


def _record(session: Session, message: Message, event: str, before: State | None, reason: str | None) -> None:
    session.add(
        StateTransition(
            message_id=message.id,
            at=clock.now(),
            event=event,
            before=before,
            after=message.state,
            reason=reason or message.reason,
        )
    )
