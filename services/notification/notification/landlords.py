"""A Caf's message to a landlord about a campaign: an e-mail with links, or a letter with the Caf's block."""

from uuid import UUID

from chassis.events import Event
from chassis.runtime import of
from sqlalchemy.orm import Session

from notification import recipients
from notification.domain.messages import Template
from notification.domain.variables import Values
from notification.message_requests import MessageRequest
from notification.settings import own


def message_request(session: Session, event: Event, template: Template, act: str, values: Values) -> MessageRequest:
    """Reads from `event`: `caf_code`, `landlord_id`, `organisation_id` and `user_number`, and the personal `name`,
    `email`, `address`, `caf`; `values`: the other variables of the message."""
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
