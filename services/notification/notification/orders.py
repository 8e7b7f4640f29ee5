"""From « this must be said to that person » to one message: which channel, which row, which request for a letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from chassis import sealing
from chassis.email_address import as_carried
from chassis.french.postal import PostalAddress
from chassis.runtime import of
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from notification import recipients
from notification.domain.channels import NOT_CARRIED, Channel, choose_email
from notification.domain.repeats import too_soon
from notification.domain.states import State
from notification.domain.templates import KINDS, Template
from notification.models import Message
from notification.progress import born

log = structlog.get_logger()
# Between an act and how many addresses it has been sent to.
NEXT_ADDRESS = "#"


@dataclass(frozen=True, kw_only=True)
class Order:
    """`act` names the one act that this message belongs to, for ever; `secret` is in clear, in memory only.

    `emails` in the order in which they are tried; `email_variables` and `letter_variables` are what each form needs;
    `address`: the registry's lines; `user_number`: whose address the Caf corrects when they cannot be printed."""

    act: str
    template: Template
    act_at: datetime
    name: str
    emails: tuple[str, ...]
    address: list[str]
    email_variables: dict[str, Any] = field(default_factory=dict)
    letter_variables: dict[str, Any] = field(default_factory=dict)
    secret: dict[str, str] | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    caf_code: str | None = None
    user_number: str | None = None
    account_id: UUID | None = None
    landlord_id: UUID | None = None
    declaration_id: UUID | None = None
    replaces_id: UUID | None = None


def place(session: Session, order: Order) -> Message | None:
    """The message made for this order; None when its act already has one, the same was said too recently, or no
    e-mail reaches the person and no letter says it."""
    if _known(session, order) or _repeated(session, order):
        return None
    email = choose_email(order.emails, bounced=bounced(session, order.emails))
    if email is None and KINDS[order.template].series is None:
        log.info("message without a letter not sent", template=order.template)
        return None
    if email:
        return _place_email(session, order, email)
    letter = place_letter(session, order)
    if letter.reason is None and any(each and not as_carried(each) for each in order.emails):
        # The agent sees why the address that the Caf knows is not written to.
        letter.reason = NOT_CARRIED
    return letter


def place_letter(session: Session, order: Order) -> Message:
    """A letter to compose, or one that waits until the Caf corrects the address: an address is never cut to fit."""
    address = _printable_address(session, order)
    message = _row(order, Channel.LETTER, State.TO_COMPOSE if address.valid else State.ADDRESS_REFUSED)
    message.variables = order.letter_variables
    if address.valid:
        born(session, message)
        recipients.request_letter(session, message, address, order.secret)
        return message
    message.reason, message.address, message.secret = address.problems[0], order.address, _sealed(session, order)
    born(session, message)
    return message


def _printable_address(session: Session, order: Order) -> PostalAddress:
    """The order's; when no letter can be printed there, what the Caf may have corrected since."""
    address = PostalAddress.parse(order.name, order.address)
    if address.valid or not (order.user_number or order.landlord_id):
        return address
    known = PostalAddress.parse(order.name, recipients.known_address(session, order.user_number, order.landlord_id))
    return known if known.valid else address


def _place_email(session: Session, order: Order, email: str) -> Message:
    message = _row(order, Channel.EMAIL, State.WAITING)
    message.email, message.address = email, order.address
    message.email_digest = email_digest(email)
    # Both forms are kept until it is sent, and the other addresses: where it bounces they are tried, then a letter.
    message.variables = {
        "email": order.email_variables,
        "letter": order.letter_variables,
        "others": [each for each in order.emails if email_digest(each) != message.email_digest],
    }
    message.secret = _sealed(session, order)
    born(session, message)
    return message


def _sealed(session: Session, order: Order) -> str | None:
    settings = of(session).settings
    return sealing.seal_for(settings, settings.service, order.secret) if order.secret else None


def _row(order: Order, channel: Channel, state: State) -> Message:
    return Message(
        act=order.act,
        template=order.template,
        channel=channel,
        state=state,
        rank=KINDS[order.template].rank,
        caf_code=order.caf_code,
        user_number=order.user_number,
        account_id=order.account_id,
        landlord_id=order.landlord_id,
        declaration_id=order.declaration_id,
        recipient_name=order.name[:200],
        address=[],
        variables={},
        expires_at=order.expires_at,
        act_at=order.act_at,
        replaces_id=order.replaces_id,
    )


def email_digest(email: str) -> str:
    return sha256(email.strip().casefold().encode()).hexdigest()


def _known(session: Session, order: Order) -> bool:
    return bool(session.scalar(select(exists().where(Message.act == order.act))))


def bounced(session: Session, emails: Sequence[str]) -> set[str]:
    """Those that have already refused a message."""
    by_digest = {email_digest(email): email for email in emails}
    refused = select(Message.email_digest).where(Message.email_digest.in_(by_digest), Message.state == State.BOUNCED)
    return {by_digest[digest] for digest in session.scalars(refused) if digest}


def _repeated(session: Session, order: Order) -> bool:
    if order.landlord_id is None:
        return False
    # By the acts' own time: a replay, or the second envelope of one act, is judged as the first was.
    last = select(func.max(Message.act_at)).where(
        Message.landlord_id == order.landlord_id,
        Message.template == order.template,
        Message.act_at < order.act_at,
        # What was taken back before it left reached nobody.
        Message.state != State.WITHDRAWN,
    )
    held = too_soon(order.template, session.scalar(last), order.act_at)
    if held:
        log.info("message held back", template=order.template, landlord_id=str(order.landlord_id))
    return held


def place_next_email(session: Session, order: Order) -> Message | None:
    """The e-mail to the next address of the order that has refused nothing; None when there is no other."""
    email = choose_email(order.emails, bounced=bounced(session, order.emails))
    if email is None:
        return None
    act, _, times = order.act.partition(NEXT_ADDRESS)
    # An act has one message a channel: the same act to another address is numbered.
    return _place_email(session, replace(order, act=f"{act}{NEXT_ADDRESS}{int(times or 1) + 1}"), email)


def of_act(act: str) -> ColumnElement[bool]:
    """The messages of an act, whichever address they went to."""
    return or_(Message.act == act, Message.act.startswith(f"{act}{NEXT_ADDRESS}", autoescape=True))


def instead(message: Message, secret: dict[str, str] | None) -> Order:
    """The order for what takes the place of an e-mail that bounced."""
    return Order(
        act=message.act,
        template=Template(message.template),
        act_at=message.act_at,
        name=message.recipient_name,
        emails=tuple(message.variables.get("others", ())),
        address=message.address,
        email_variables=message.variables["email"],
        letter_variables=message.variables["letter"],
        secret=secret,
        expires_at=message.expires_at,
        caf_code=message.caf_code,
        user_number=message.user_number,
        account_id=message.account_id,
        landlord_id=message.landlord_id,
        declaration_id=message.declaration_id,
        replaces_id=message.id,
    )
