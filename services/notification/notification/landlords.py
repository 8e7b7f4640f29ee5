"""A Caf's message to a landlord about a campaign: an e-mail with links, or a letter with the Caf's block."""

from typing import TypedDict
from uuid import UUID

from chassis.events import Event
from chassis.runtime import of
from sqlalchemy.orm import Session

from notification import recipients
from notification.consumed_types import Caf
from notification.domain.messages import Template
from notification.domain.variables import Values
from notification.message_requests import MessageRequest
from notification.settings import own


class OneLandlord(TypedDict):
    """What every event of a campaign about a landlord has among its data."""

    caf_code: str
    landlord_id: str
    organisation_id: str
    user_number: str


class Addressed(TypedDict):
    name: str
    email: str | None
    address: list[str]
    caf: Caf


def message_request(
    session: Session, event: Event[OneLandlord, Addressed], template: Template, act: str, values: Values
) -> MessageRequest:
    """`values`: the variables of the message that are not the landlord's, their Caf's or links."""
    data, person = event.data, event.personal
    known = {
        **own(of(session).settings).links,
        "name": person["name"],
        "user_number": data["user_number"],
        "caf": person["caf"],
        "caf_name": person["caf"]["name"],
        "caf_telephone": person["caf"]["telephone"] or None,
    }
    return MessageRequest(
        act=act,
        template=template,
        act_at=event.time,
        name=person["name"],
        emails=recipients.emails(session, data["organisation_id"], person["email"]),
        address=person["address"],
        forms=template.kind.forms({**known, **values}),
        caf_code=data["caf_code"],
        user_number=data["user_number"],
        landlord_id=UUID(data["landlord_id"]),
    )
