"""Creates a message: chooses the channel, writes the row, requests the letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import cast
from uuid import UUID

import structlog
from chassis import sealing
from chassis.email_address import as_carried
from chassis.french.postal import PostalAddress
from chassis.runtime import of
from sqlalchemy import ColumnElement, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from notification import recipients
from notification.domain.channels import NOT_CARRIED, Channel, choose_email
from notification.domain.envelopes import envelopes
from notification.domain.kinds import Forms
from notification.domain.messages import Template
from notification.domain.states import State
from notification.lifecycle import start
from notification.models import Message

log = structlog.get_logger()
# Separates an act from the number of the address it is sent to.
NEXT_ADDRESS = "#"
# Built once: each message asks all three, and building a statement costs more than running it.
_MESSAGES = cast(Table, Message.__table__).c
_OF_ACT = select(_MESSAGES.id).where(_MESSAGES.act == bindparam("act"))
_BOUNCED = select(_MESSAGES.email_digest).where(
    _MESSAGES.email_digest.in_(bindparam("digests", expanding=True)), _MESSAGES.state == State.BOUNCED
)
# By the time of the acts: a replay, or an act's second envelope, gets the same result as the first.
_LAST = select(func.max(_MESSAGES.act_at)).where(
    _MESSAGES.landlord_id == bindparam("landlord_id"),
    _MESSAGES.template == bindparam("template"),
    _MESSAGES.act_at < bindparam("act_at"),
    # A message cancelled before sending reached nobody.
    _MESSAGES.state != State.WITHDRAWN,
)


@dataclass(frozen=True, kw_only=True)
class MessageRequest:
    """`act` identifies the one act this message belongs to; `secret` is in clear, in memory only.

    `emails` in the order of attempts; `address`: the registry's lines; `forms`: the variables of both; `user_number`:
    the landlord whose address the Caf corrects when unprintable."""

    act: str
    template: Template
    act_at: datetime
    name: str
    emails: tuple[str, ...]
    address: list[str]
    forms: Forms
    secret: dict[str, str] | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    caf_code: str | None = None
    user_number: str | None = None
    account_id: UUID | None = None
    landlord_id: UUID | None = None
    declaration_id: UUID | None = None
    replaces_id: UUID | None = None


def create(session: Session, request: MessageRequest) -> Message | None:
    """The message created for this request; None when its act already has one, the same was sent too recently, or no
    e-mail reaches the person and this kind has no letter."""
    if _already_created(session, request) or _repeated(session, request):
        return None
    email = choose_email(request.emails, bounced=bounced(session, request.emails))
    if email is None and not request.template.kind.printed:
        log.info("message without a letter not sent", template=request.template)
        return None
    if email:
        return _create_email(session, request, email)
    letters = create_letters(session, request)
    if any(each and not as_carried(each) for each in request.emails):
        for letter in letters:
            # Shows the agent why the Caf's address is not used.
            letter.reason = letter.reason or NOT_CARRIED
    return letters[0]


def create_letters(session: Session, request: MessageRequest) -> list[Message]:
    """In as many envelopes as the attestations need; from the second on, each has an act of its own."""
    return [
        _create_letter(session, replace(request, forms=forms, act=f"{request.act}:{part}" if part > 1 else request.act))
        for part, forms in enumerate(envelopes(request.forms), start=1)
    ]


def _create_letter(session: Session, request: MessageRequest) -> Message:
    """A letter to compose, or waiting until the Caf corrects the address: an address is never cut to fit."""
    address = _printable_address(session, request)
    message = _row(request, Channel.LETTER, State.TO_COMPOSE if address.valid else State.ADDRESS_REFUSED)
    message.variables = request.forms.letter
    if address.valid:
        start(session, message)
        recipients.request_letter(session, message, address, request.secret)
        return message
    message.reason, message.address, message.secret = address.problems[0], request.address, _sealed(session, request)
    start(session, message)
    return message


def _printable_address(session: Session, request: MessageRequest) -> PostalAddress:
    """The request's address; if it is unprintable, the one the Caf may have corrected since."""
    address = PostalAddress.parse(request.name, request.address)
    if address.valid or not (request.user_number or request.landlord_id):
        return address
    known = PostalAddress.parse(
        request.name, recipients.known_address(session, request.user_number, request.landlord_id)
    )
    return known if known.valid else address


def _create_email(session: Session, request: MessageRequest, email: str) -> Message:
    message = _row(request, Channel.EMAIL, State.WAITING)
    message.email, message.address = email, request.address
    message.email_digest = email_digest(email)
    # Keeps both forms and the other addresses until it is sent: after a bounce they are tried, then a letter.
    message.variables = {
        "email": request.forms.email,
        "letter": request.forms.letter,
        "others": [each for each in request.emails if email_digest(each) != message.email_digest],
    }
    message.secret = _sealed(session, request)
    start(session, message)
    return message


def _sealed(session: Session, request: MessageRequest) -> str | None:
    settings = of(session).settings
    return sealing.seal_for(settings, settings.service, request.secret) if request.secret else None


def _row(request: MessageRequest, channel: Channel, state: State) -> Message:
    return Message(
        act=request.act,
        template=request.template,
        channel=channel,
        state=state,
        rank=request.template.kind.rank,
        caf_code=request.caf_code,
        user_number=request.user_number,
        account_id=request.account_id,
        landlord_id=request.landlord_id,
        declaration_id=request.declaration_id,
        recipient_name=request.name[:200],
        address=[],
        variables={},
        expires_at=request.expires_at,
        act_at=request.act_at,
        replaces_id=request.replaces_id,
    )


def email_digest(email: str) -> str:
    return sha256(email.strip().casefold().encode()).hexdigest()


def _already_created(session: Session, request: MessageRequest) -> bool:
    return session.execute(_OF_ACT, {"act": request.act}).first() is not None


def bounced(session: Session, emails: Sequence[str]) -> set[str]:
    """The addresses that have already bounced."""
    by_digest = {email_digest(email): email for email in emails}
    return {by_digest[digest] for digest in session.scalars(_BOUNCED, {"digests": list(by_digest)})}


def _repeated(session: Session, request: MessageRequest) -> bool:
    if request.landlord_id is None:
        return False
    asked = {"landlord_id": request.landlord_id, "template": request.template, "act_at": request.act_at}
    held = request.template.kind.too_soon(session.scalar(_LAST, asked), request.act_at)
    if held:
        log.info("message held back", template=request.template, landlord_id=str(request.landlord_id))
    return held


def create_next_email(session: Session, request: MessageRequest) -> Message | None:
    """The e-mail to the next address that has not bounced; None when there is no other."""
    email = choose_email(request.emails, bounced=bounced(session, request.emails))
    if email is None:
        return None
    act, _, times = request.act.partition(NEXT_ADDRESS)
    # An act has one message per channel: the same act to another address gets a number.
    return _create_email(session, replace(request, act=f"{act}{NEXT_ADDRESS}{int(times or 1) + 1}"), email)


def of_act(act: str) -> ColumnElement[bool]:
    """The messages of an act, at any address."""
    return or_(Message.act == act, Message.act.startswith(f"{act}{NEXT_ADDRESS}", autoescape=True))


def replacement_request(message: Message, secret: dict[str, str] | None) -> MessageRequest:
    """The request that replaces a bounced e-mail."""
    return MessageRequest(
        act=message.act,
        template=Template(message.template),
        act_at=message.act_at,
        name=message.recipient_name,
        emails=tuple(message.variables.get("others", ())),
        address=message.address,
        forms=Forms(message.variables["email"], message.variables["letter"]),
        secret=secret,
        expires_at=message.expires_at,
        caf_code=message.caf_code,
        user_number=message.user_number,
        account_id=message.account_id,
        landlord_id=message.landlord_id,
        declaration_id=message.declaration_id,
        replaces_id=message.id,
    )
