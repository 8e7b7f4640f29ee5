"""Addresses of recipients: the e-mail confirmed in the account, else the Caf's registry. Also releases what waited for
a printable address, once the Caf gives one."""

from typing import cast
from uuid import UUID

from chassis import clock, landlords, sealing
from chassis.db import keep_newer
from chassis.french.postal import PostalAddress
from chassis.runtime import of
from sqlalchemy import Table, bindparam, or_, select
from sqlalchemy.orm import Session

from notification import publishes
from notification.consumed_types import AccessChanged, LandlordRegistered
from notification.domain.states import State, Trigger
from notification.lifecycle import transition
from notification.models import AdministratorTerm, Contact, Landlord, Message

ADMINISTRATOR = "administrator"
# Built once: messages and landlords of a registry ask these, and building a statement costs more than running it.
_LANDLORDS, _CONTACTS, _TERMS = (cast(Table, one.__table__).c for one in (Landlord, Contact, AdministratorTerm))
_ADMINISTRATOR_EMAIL = (
    select(_CONTACTS.email)
    .where(
        _TERMS.account_id == _CONTACTS.account_id,
        _TERMS.organisation_id == bindparam("organisation_id"),
        _TERMS.active,
    )
    .order_by(_TERMS.version.desc(), _TERMS.account_id)
    .limit(1)
)
_KNOWN_ADDRESS = (
    select(_LANDLORDS.address)
    .where(or_(_LANDLORDS.id == bindparam("landlord_id"), _LANDLORDS.user_number == bindparam("user_number")))
    .limit(1)
)
_ANOTHER = (
    select(_LANDLORDS.id)
    .where(_LANDLORDS.user_number == bindparam("user_number"), _LANDLORDS.id != bindparam("landlord_id"))
    .limit(1)
)


def emails(session: Session, organisation_id: str | None, registry: str | None) -> tuple[str, ...]:
    """In the order of attempts: the one its administrator confirmed, then the one in the Caf's registry."""
    confirmed = administrator_email(session, UUID(organisation_id)) if organisation_id else None
    return tuple(email for email in (confirmed, registry) if email)


def administrator_email(session: Session, organisation_id: UUID) -> str | None:
    return session.scalar(_ADMINISTRATOR_EMAIL, {"organisation_id": organisation_id})


def known_address(session: Session, user_number: str | None, landlord_id: UUID | None) -> list[str]:
    """The registry's current lines: an event may carry older ones."""
    return session.scalar(_KNOWN_ADDRESS, {"landlord_id": landlord_id, "user_number": user_number}) or []


def access_changed(session: Session, event: AccessChanged) -> None:
    """Stores who administers the organisation; an older version never overwrites a newer one."""
    data = event.data
    row = {
        "account_id": UUID(data["account_id"]),
        "organisation_id": UUID(data["organisation_id"]),
        "active": data["active"] and data["role"] == ADMINISTRATOR,
        "version": data["version"],
    }
    keep_newer(session, AdministratorTerm, row)


def landlord_registered(session: Session, event: LandlordRegistered) -> None:
    """Stores the registry's data, and releases the letters that waited for a printable address.

    A user number belongs to one landlord: another landlord's event for it changes and releases nothing."""
    data, person = event.data, event.personal
    landlord_id = UUID(data["landlord_id"])
    if session.scalar(_ANOTHER, {"user_number": data["user_number"], "landlord_id": landlord_id}) is not None:
        return
    address = PostalAddress.parse(person["name"], person["address"])
    row = {
        "id": landlord_id,
        "organisation_id": UUID(data["organisation_id"]),
        "caf_code": data["caf_code"],
        "user_number": data["user_number"],
        "name": person["name"],
        "email": person["email"],
        "address": person["address"],
        "address_problem": address.problems[0] if address.problems else None,
        "version": data["version"],
        "moves": data.get("moves", 0),
    }
    if keep_newer(session, Landlord, row, newer=landlords.may_change):
        _release(session, landlord_id, data["user_number"], person["address"])


def _release(session: Session, landlord_id: UUID, user_number: str, lines: list[str]) -> None:
    about = or_(Message.user_number == user_number, Message.landlord_id == landlord_id)
    waiting = select(Message).where(Message.state == State.ADDRESS_REFUSED, about).order_by(Message.id)
    for message in session.scalars(waiting.with_for_update()):
        address = PostalAddress.parse(message.recipient_name, lines)
        if message.expires_at is not None and message.expires_at <= clock.now():
            transition(session, message, Trigger.EXPIRED)
        elif address.valid:
            transition(session, message, Trigger.ADDRESS_CORRECTED)
            request_letter(session, message, address, open_secret(session, message))
        else:
            message.reason = address.problems[0]


def request_letter(session: Session, message: Message, address: PostalAddress, secret: dict[str, str] | None) -> None:
    """Requests the PDF; from then on the event carries the letter's content, and the message no longer does."""
    message.address, message.abroad = list(address.lines), address.abroad
    publishes.letter_requested(session, message, secret)
    message.variables, message.secret = {}, None


def open_secret(session: Session, message: Message) -> dict[str, str] | None:
    return sealing.open_sealed(of(session).settings, message.secret) if message.secret else None
