"""Event handlers: each turns an event into message requests, and neither writes e-mails nor letters itself."""

from __future__ import annotations

from uuid import UUID

from chassis import clock, sealing
from chassis.db import keep_newer
from chassis.runtime import Subscription, of
from chassis.texts import full_name
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from notification import consumed_types, landlords, recipients, reminders
from notification.domain import answers
from notification.domain.messages import CREDENTIALS, Template
from notification.domain.states import State, Trigger
from notification.lifecycle import locked, transition
from notification.message_requests import MessageRequest, create
from notification.models import Contact, Message
from notification.settings import Settings, own
from notification.subscriptions import HANDLED, handles

NUMBER_END = 4
SUPERSEDABLE = (State.WAITING, State.TO_COMPOSE, State.COMPOSED, State.ADDRESS_REFUSED)


@handles("identity.credentials_issued.v1")
def credentials_issued(session: Session, event: consumed_types.CredentialsIssued) -> None:
    """One message for the login, another for the password; cancels older ones that have not been sent yet."""
    templates = CREDENTIALS[event.data["purpose"]]
    if _newer_credentials_exist(session, event):
        return
    _supersede_older(session, event, [_act(event, template) for template in templates])
    opened = sealing.open_sealed(of(session).settings, event.data["sealed"])
    for template in templates:
        create(session, _credentials(session, event, template, opened, two_messages=len(templates) > 1))


def _credentials(
    session: Session,
    event: consumed_types.CredentialsIssued,
    template: Template,
    opened: dict[str, str],
    *,
    two_messages: bool,
) -> MessageRequest:
    data, person = event.data, event.personal
    values = {
        **_links(session),
        **data,
        "name": person["name"],
        "number_end": (data["user_number"] or "")[-NUMBER_END:] or None,
        "two_messages": two_messages,
    }
    secret = template.kind.sealed or ""
    return MessageRequest(
        act=_act(event, template),
        template=template,
        act_at=event.time,
        name=person["name"],
        # Identity decides where credentials go: no other address is tried.
        emails=(person["email"],) if data["channel"] == "email" and person["email"] else (),
        address=person["address"] or [],
        forms=template.kind.forms(values),
        secret={secret: opened[secret]},
        expires_at=clock.parse(data["expires_at"]),
        caf_code=data["caf_code"],
        user_number=data["user_number"],
        account_id=UUID(data["account_id"]),
    )


def _act(event: consumed_types.CredentialsIssued, template: Template) -> str:
    return f"{template}:{event.data['issue_id']}"


def _credential_messages(event: consumed_types.CredentialsIssued) -> Select[Message]:
    return select(Message).where(
        Message.account_id == UUID(event.data["account_id"]),
        Message.template.in_([Template.LOGIN, Template.PROVISIONAL_PASSWORD]),
    )


def _newer_credentials_exist(session: Session, event: consumed_types.CredentialsIssued) -> bool:
    """Events of one account may arrive out of order; the older password is already invalid."""
    newer = _credential_messages(event).where(Message.act_at > event.time).limit(1)
    return session.scalars(newer).first() is not None


def _supersede_older(session: Session, event: consumed_types.CredentialsIssued, own_acts: list[str]) -> None:
    older = _credential_messages(event).where(
        Message.act_at < event.time, Message.state.in_(SUPERSEDABLE), Message.act.not_in(own_acts)
    )
    for message in session.scalars(older.with_for_update()):
        transition(session, message, Trigger.SUPERSEDED)


@handles("identity.account_activated.v1", "identity.account_changed.v1")
def account_activated(session: Session, event: consumed_types.AccountActivated | consumed_types.AccountChanged) -> None:
    """The address for recap messages from now on, repeated on a change; an older version never replaces
    a newer one."""
    person = event.personal
    row = {
        "account_id": UUID(event.data["account_id"]),
        "name": full_name(person["civility"], person["first_name"], person["last_name"]),
        # Empty until the person has confirmed an address.
        "email": person["email"] or "",
        "version": event.data["version"],
    }
    keep_newer(session, Contact, row)


@handles("declaration.landlord_asked.v1")
def landlord_asked(session: Session, event: consumed_types.LandlordAsked) -> None:
    """The July message: one per landlord; by post, in as many envelopes as its attestations need."""
    data = event.data
    act = f"july:{data['campaign_id']}:{data['landlord_id']}"
    values = {**data, "tenants": event.personal["tenants"]}
    create(session, landlords.message_request(session, event, Template.JULY, act, values))


@handles("documents.recap_ready.v1")
def recap_ready(session: Session, event: consumed_types.RecapReady) -> None:
    """The recap (CRPA L. 112-11), to the person who declared, else to the landlord; one per batch transmission."""
    if "lot_id" in event.data:
        return
    data, settings = event.data, _settings(session)
    landlord = event.personal["recipient"]
    declarant = _contact(session, data["declarant_account_id"])
    values = {
        **_links(session),
        "name": declarant.name if declarant else landlord["name"],
        "year": data["campaign_year"],
        "reference": data["reference"],
        "received_at": data["transmitted_at"],
        "transmitted_at": data["transmitted_at"],
        "link": settings.recap_url(data["declaration_id"]),
    }
    request = MessageRequest(
        act=f"receipt:{data['declaration_id']}:{data['version']}",
        template=Template.RECAP,
        act_at=event.time,
        name=landlord["name"],
        emails=_recap_emails(session, declarant, data["organisation_id"], landlord["email"]),
        address=landlord["address"] or [],
        forms=Template.RECAP.kind.forms(values),
        caf_code=data["caf_code"],
        user_number=event.personal["user_number"],
        account_id=declarant.account_id if declarant else None,
        declaration_id=UUID(data["declaration_id"]),
    )
    create(session, request)


@handles("declaration.answered.v1")
def answered(session: Session, event: consumed_types.Answered) -> None:
    """What one file of the Caf changed for a landlord: one message for all declarations; it names no tenant."""
    data, given = event.data, event.data["counts"]
    counts = {
        "integrated": given.get("integrated", 0),
        "information_requested": given.get("information_requested", 0),
        "rejected": given.get("rejected", 0),
    }
    emails = recipients.emails(session, data["organisation_id"], event.personal["email"])
    if not answers.worth_writing(counts, by_email=bool(emails)):
        return
    values = {"year": data["year"], "questions": counts["information_requested"], **counts}
    act = f"answered:{data['import_id']}:{data['landlord_id']}"
    create(session, landlords.message_request(session, event, Template.ANSWERED, act, values))


@handles("declaration.report_answered.v1")
def report_answered(session: Session, event: consumed_types.ReportAnswered) -> None:
    """The Caf's text is in the letter only: an e-mail links to the page that shows it."""
    data, settings, landlord = event.data, _settings(session), event.personal["recipient"]
    values = {
        **settings.links,
        **data,
        "name": landlord["name"],
        "answer": event.personal["answer"] or "",
        "report_url": settings.report_url(data["report_id"]),
    }
    request = MessageRequest(
        act=f"report_answered:{data['report_id']}",
        template=Template.REPORT_ANSWERED,
        act_at=event.time,
        name=landlord["name"],
        emails=recipients.emails(session, data["organisation_id"], landlord["email"]),
        address=landlord["address"],
        forms=Template.REPORT_ANSWERED.kind.forms(values),
        caf_code=data["caf_code"],
        landlord_id=UUID(data["landlord_id"]),
    )
    create(session, request)


@handles("documents.lot_recap_ready.v1")
def lot_recap_ready(session: Session, event: consumed_types.LotRecapReady) -> None:
    """One recap for all declarations of a batch, to the person who transmitted it, else to the landlord."""
    data, settings, landlord = event.data, _settings(session), event.personal["recipient"]
    declarant = _contact(session, data["declarant_account_id"])
    values = {
        **settings.links,
        **data,
        "name": declarant.name if declarant else landlord["name"],
        "year": data["campaign_year"],
        "ended_at": data["transmitted_at"],
        "link": settings.lot_url(data["lot_id"]),
    }
    request = MessageRequest(
        act=f"lot_receipt:{data['lot_id']}",
        template=Template.BATCH_RECAP,
        act_at=event.time,
        name=landlord["name"],
        emails=_recap_emails(session, declarant, data["organisation_id"], landlord["email"]),
        address=landlord["address"],
        forms=Template.BATCH_RECAP.kind.forms(values),
        caf_code=data["caf_code"],
        account_id=declarant.account_id if declarant else None,
    )
    create(session, request)


def _recap_emails(
    session: Session, declarant: Contact | None, organisation_id: str, registry: str | None
) -> tuple[str, ...]:
    """The declarant's address first, then the landlord's as for any other message."""
    own_email = (declarant.email,) if declarant and declarant.email else ()
    return own_email + recipients.emails(session, organisation_id, registry)


def _contact(session: Session, account_id: str | None) -> Contact | None:
    return session.get(Contact, UUID(account_id)) if account_id else None


@handles("identity.security_notice.v1")
def security_notice(session: Session, event: consumed_types.SecurityNotice) -> None:
    """By e-mail only: a letter would arrive days after the event it warns of."""
    data, person = event.data, event.personal
    request = MessageRequest(
        act=f"notice:{data['notice_id']}",
        template=Template.SECURITY_NOTICE,
        act_at=event.time,
        name=person["name"],
        emails=(person["email"],),
        address=[],
        forms=Template.SECURITY_NOTICE.kind.forms({**_links(session), **data, "name": person["name"]}),
        caf_code=data["caf_code"],
        account_id=UUID(data["account_id"]),
    )
    create(session, request)


@handles("identity.email_confirmation_asked.v1")
def email_confirmation_asked(session: Session, event: consumed_types.EmailConfirmationAsked) -> None:
    """Sends the code to the new address only, or the explanation when another account has it; a letter would arrive
    long after the code has expired."""
    act = f"email_confirmation:{event.data['change_id']}"
    if event.data.get("taken"):
        create(session, _to_address_only(session, event, act, Template.EMAIL_TAKEN, {}))
        return
    secret = sealing.open_sealed(of(session).settings, event.data["sealed"])
    create(session, _to_address_only(session, event, act, Template.EMAIL_CONFIRMATION, secret))


@handles("identity.sign_in_link_asked.v1")
def sign_in_link_asked(session: Session, event: consumed_types.SignInLinkAsked) -> None:
    """By e-mail only, like the code: the link is valid for an hour."""
    secret = sealing.open_sealed(of(session).settings, event.data["sealed"])
    act = f"sign_in_link:{event.data['link_id']}"
    create(session, _to_address_only(session, event, act, Template.SIGN_IN_LINK, secret))


def _to_address_only(
    session: Session,
    event: consumed_types.EmailConfirmationAsked | consumed_types.SignInLinkAsked,
    act: str,
    template: Template,
    secret: dict[str, str],
) -> MessageRequest:
    data, person = event.data, event.personal
    return MessageRequest(
        act=act,
        template=template,
        act_at=event.time,
        name=person["name"],
        emails=(person["email"],),
        address=[],
        forms=template.kind.forms({**_links(session), **data, "name": person["name"]}),
        secret=secret,
        expires_at=clock.parse(data["expires_at"]),
        caf_code=data["caf_code"],
        account_id=UUID(data["account_id"]),
    )


class UnknownLetterError(LookupError):
    """A PDF for an unknown letter: the event goes dead, for a person to look at."""


@handles("documents.letter_rendered.v1")
def letter_rendered(session: Session, event: consumed_types.LetterRendered) -> None:
    """The PDF is in the exchange storage: the letter waits for its print batch. Raises UnknownLetterError."""
    data = event.data
    message = locked(session, UUID(data["message_id"]))
    if message is None:
        raise UnknownLetterError
    # Stored in any state, so that the purge finds the file of a cancelled letter.
    message.storage_key, message.sha256, message.pages = data["storage_key"], data["sha256"], data["pages"]
    if message.status is State.TO_COMPOSE:
        message.composed_at = clock.now()
        transition(session, message, Trigger.COMPOSED)


def _settings(session: Session) -> Settings:
    return own(of(session).settings)


def _links(session: Session) -> dict[str, str]:
    return _settings(session).links


SUBSCRIPTIONS = (
    Subscription("registry.landlord_registered.v1", recipients.landlord_registered),
    Subscription("habilitation.access_changed.v1", recipients.access_changed, urgent=True),
    Subscription("declaration.reminder_due.v1", reminders.reminder_due),
    Subscription("declaration.reminder_withdrawn.v1", reminders.reminder_withdrawn),
    *HANDLED,
)
