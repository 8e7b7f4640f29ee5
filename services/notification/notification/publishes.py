"""The events notification publishes: a letter to compose, and the outcome of a message."""

from chassis import clock, outbox, sealing
from chassis.runtime import of
from sqlalchemy.orm import Session

from notification.domain.messages import Template
from notification.models import Message
from notification.published_types import BouncedData, DeliveredData, LetterRequestedData, LetterRequestedPersonal

LETTER_REQUESTED = "notification.letter_requested.v1"
DELIVERED = "notification.delivered.v1"
BOUNCED = "notification.bounced.v1"
PUBLISHED = (LETTER_REQUESTED, DELIVERED, BOUNCED)


def letter_requested(session: Session, message: Message, secret: dict[str, str] | None) -> None:
    """Asks documents for the PDF. `message.address` holds all the lines of the envelope, name first."""
    name, *lines = message.address
    data: LetterRequestedData = {
        "message_id": str(message.id),
        "template": message.template,
        "caf_code": message.caf_code,
        "sealed": sealing.seal_for(of(session).settings, "documents", secret) if secret else None,
    }
    title = Template(message.template).kind.letter_title(message.variables)
    variables = {**message.variables, "title": title}
    personal: LetterRequestedPersonal = {"recipient": {"name": name, "address": lines}, "variables": variables}
    outbox.publish(session, LETTER_REQUESTED, message.id, data, personal)


def delivered(session: Session, message: Message) -> None:
    """The relay accepted the e-mail, or the printer acknowledged the letter."""
    outbox.publish(session, DELIVERED, message.id, _outcome(message))


def bounced(session: Session, message: Message, replacement: Message | None) -> None:
    """The e-mail address refused it; `replacement` is what is sent instead, if anything."""
    data: BouncedData = {
        **_outcome(message),
        "reason": message.reason,
        "replaced_by": str(replacement.id) if replacement else None,
    }
    outbox.publish(session, BOUNCED, message.id, data)


def _outcome(message: Message) -> DeliveredData:
    return {
        "message_id": str(message.id),
        "template": message.template,
        "channel": message.channel,
        "at": clock.iso(clock.now()),
        "caf_code": message.caf_code,
        "account_id": _text(message.account_id),
        "landlord_id": _text(message.landlord_id),
        "declaration_id": _text(message.declaration_id),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
