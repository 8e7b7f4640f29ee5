"""A Caf's message to a landlord about a campaign: an e-mail with links, or a letter with the Caf's block."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.events import Event
from chassis.runtime import of
from sqlalchemy.orm import Session

from notification import recipients
from notification.domain.templates import Template
from notification.message_requests import MessageRequest
from notification.settings import own

NOTHING_MORE: Mapping[str, Any] = {}


def message_request(
    session: Session,
    event: Event,
    template: Template,
    act: str,
    said: Mapping[str, Any],
    *,
    by_email: Mapping[str, Any] = NOTHING_MORE,
    by_letter: Mapping[str, Any] = NOTHING_MORE,
) -> MessageRequest:
    """`said` goes in both forms, `by_email` and `by_letter` in one. Reads from `event`: `caf_code`, `landlord_id`,
    `organisation_id` and `user_number`, and the personal `name`, `email`, `address`, `caf`."""
    data, person, settings = event.data, event.personal, own(of(session).settings)
    return MessageRequest(
        act=act,
        template=template,
        act_at=event.time,
        name=person["name"],
        emails=recipients.emails(session, data["organisation_id"], person["email"]),
        address=person["address"],
        email_variables={
            **said,
            **by_email,
            "name": person["name"],
            "caf_name": person["caf"]["name"],
            "caf_telephone": person["caf"]["telephone"] or None,
            "sign_in_url": settings.sign_in_url,
            "help_url": settings.help_url,
        },
        letter_variables={**said, **by_letter, "caf": person["caf"], "portal_url": settings.public_url},
        caf_code=data["caf_code"],
        user_number=data["user_number"],
        landlord_id=UUID(data["landlord_id"]),
    )
