"""Sends e-mails: claim → send → mark, each in its own transaction, one message at a time.

A crash between the relay's acceptance and our mark leaves the row claimed; once the claim is stale the message is
sent again: a table and SMTP share no transaction, so the choice is between duplicates and lost mail. The harm is kept
small: the Message-ID and the bytes stay the same, so that relays and mailboxes can drop duplicates, and a relay that
answers « duplicate » counts as having accepted. Only the attempt that took the claim may mark it.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import structlog
from chassis import clock, sealing
from chassis.email_address import as_carried
from chassis.runtime import Runtime, of
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notification import emails, mailers, publishes
from notification.domain.channels import letter_still_useful
from notification.domain.messages import Template
from notification.domain.retries import CLAIM_LASTS, exhausted, wait_after
from notification.domain.states import State, Trigger
from notification.factories import mailer_for, sender_for
from notification.lifecycle import locked, transition
from notification.mailers import Mailer, MailerError
from notification.message_requests import create_letters, create_next_email, replacement_request
from notification.models import TO_SEND, Message
from notification.settings import own

log = structlog.get_logger()
MOST_IN_A_ROW = 500


@dataclass(frozen=True)
class Claim:
    """The data of one attempt; `secret` in memory only."""

    message_id: UUID
    attempt: int
    email: str
    name: str
    template: Template
    variables: dict[str, object]
    secret: dict[str, str]
    created_at: datetime


@dataclass(frozen=True)
class Outcome:
    event: Trigger
    reason: str | None = None
    wait: timedelta = timedelta(0)


def send_due(runtime: Runtime) -> datetime | None:
    """Sends due messages, at most MOST_IN_A_ROW; the worker calls again soon after. Returns when the next is due."""
    with closing(mailer_for(own(runtime.settings))) as mailer:
        for _ in range(MOST_IN_A_ROW):
            claim = claim_next(runtime)
            if claim is None:
                break
            record(runtime, claim, hand_over(mailer, runtime, claim))

    with runtime.read_only() as session:
        return session.scalar(select(func.min(Message.next_attempt_at)).where(TO_SEND))


def claim_next(runtime: Runtime) -> Claim | None:
    """Claims the next due message for CLAIM_LASTS; those whose password has expired go to `expired`."""
    with runtime.transaction() as session:
        while message := _next_due(session):
            if _has_expired(message):
                transition(session, message, Trigger.EXPIRED)
                session.flush()
                continue
            transition(session, message, Trigger.CLAIMED)
            message.attempts += 1
            message.next_attempt_at = clock.now() + CLAIM_LASTS
            return _claim(session, message)
    return None


def hand_over(mailer: Mailer, runtime: Runtime, claim: Claim) -> Outcome:
    """Runs outside any transaction: a slow relay holds no database lock."""
    try:
        mailer.send(
            _written(runtime, claim),
            envelope_from=own(runtime.settings).mail_bounce_address,
            recipient=as_carried(claim.email) or "",
        )
    except MailerError as error:
        return outcome_of(error, claim.attempt)
    except ValueError:
        return Outcome(Trigger.BOUNCED, "address-unusable")
    except emails.MissingVariableError:
        return Outcome(Trigger.GAVE_UP, "template-incomplete")
    return Outcome(Trigger.ACCEPTED)


def outcome_of(error: MailerError, attempt: int) -> Outcome:
    """The outcome for the message of a failure at its `attempt`-th try."""
    match error:
        case mailers.DuplicateError():
            return Outcome(Trigger.ACCEPTED, error.reason)
        case mailers.RecipientRefusedError():
            return Outcome(Trigger.BOUNCED, error.reason)
        case mailers.FinalError():
            return Outcome(Trigger.GAVE_UP, error.reason)
        case _ if exhausted(attempt):
            return Outcome(Trigger.GAVE_UP, error.reason)
        case mailers.ThrottledError():
            return Outcome(Trigger.PUT_OFF, error.reason, wait_after(attempt, at_least_seconds=error.retry_after))
        case _:
            return Outcome(Trigger.PUT_OFF, error.reason, wait_after(attempt))


def record(runtime: Runtime, claim: Claim, outcome: Outcome) -> None:
    """Re-reads the row first: if another attempt took it over, that one decides and this result is dropped."""
    with runtime.transaction() as session:
        message = locked(session, claim.message_id)
        if message is None or message.status is not State.SENDING or message.attempts != claim.attempt:
            log.warning("claim lost", message_id=str(claim.message_id))
            return
        replacement = _replacement(session, message, claim.secret) if outcome.event is Trigger.BOUNCED else None
        transition(session, message, outcome.event, outcome.reason)
        message.next_attempt_at = clock.now() + outcome.wait
        if outcome.event is Trigger.ACCEPTED:
            publishes.delivered(session, message)
        elif outcome.event is Trigger.BOUNCED:
            publishes.bounced(session, message, replacement)
    log.info("e-mail", message_id=str(claim.message_id), outcome=outcome.event, reason=outcome.reason)


def _next_due(session: Session) -> Message | None:
    # A claimed row is due again once its claim is stale.
    due = select(Message).where(TO_SEND, Message.next_attempt_at <= clock.now())
    first = due.order_by(Message.rank, Message.next_attempt_at).limit(1)
    return session.scalars(first.with_for_update(skip_locked=True)).one_or_none()


def _has_expired(message: Message) -> bool:
    return message.expires_at is not None and message.expires_at <= clock.now()


def _claim(session: Session, message: Message) -> Claim:
    secret = sealing.open_sealed(of(session).settings, message.secret) if message.secret else {}
    return Claim(
        message_id=message.id,
        attempt=message.attempts,
        email=message.email or "",
        name=message.variables["email"]["name"],
        template=Template(message.template),
        variables=message.variables["email"],
        secret=secret,
        created_at=message.created_at,
    )


def _written(runtime: Runtime, claim: Claim) -> EmailMessage:
    content = emails.write(claim.template, {**claim.variables, **claim.secret})
    return emails.compose(
        content,
        message_id=claim.message_id,
        sender=sender_for(own(runtime.settings)),
        recipient=emails.Recipient(claim.name, as_carried(claim.email) or ""),
        at=claim.created_at,
    )


def _replacement(session: Session, message: Message, secret: dict[str, str]) -> Message | None:
    """To the landlord's other address; else by letter, if the address is known and the content still valid then."""
    if _has_expired(message):
        return None
    request = replacement_request(message, secret or None)
    if other := create_next_email(session, request):
        return other
    printable = Template(message.template).kind.printed
    if not (printable and message.address and letter_still_useful(clock.now(), message.expires_at)):
        return None
    return create_letters(session, request)[0]
