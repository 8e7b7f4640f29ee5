"""Issuing a provisional password: stored hashed, sent sealed, replaces the previous one."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from chassis import clock, ids
from chassis import runtime as runtimes
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity import hashing, publishes
from identity.domain.credentials import Channel, Purpose, choose_channel, expires_at, new_provisional_password
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, Credential
from identity.publishes import Issue, Recipient
from identity.settings import settings_of

# A new letter sooner would void the one in the post, and each letter costs money.
LETTER_PAUSE = timedelta(days=3)
_ASKED_FOR = (Purpose.IDENTIFIER_RECOVERY, Purpose.PASSWORD_RECOVERY)


class Prepared(NamedTuple):
    """A provisional password and its hash, computed outside the transaction because it is slow."""

    password: str
    encoded: str


def prepare_password() -> Prepared:
    password = new_provisional_password()
    return Prepared(password, hashing.hash_password(password))


def issue_and_send(
    session: Session,
    account: Account,
    purpose: Purpose,
    recipient: Recipient,
    *,
    user_number: str | None = None,
    actor: UUID | str = "system",
    prepared: Prepared | None = None,
) -> bool:
    """Returns False and writes a journal line if the account is closed or unreachable, or a letter is in the post."""
    channel = choose_channel(email=recipient.email, address=recipient.address)
    refusal = _refusal(session, account, channel)
    if channel is None or refusal:
        described = {"purpose": purpose, "reason": refusal}
        record(session, Kind.CREDENTIALS_NOT_ISSUED, account.id, actor=actor, details=described)
        return False
    sent_to = recipient.email if channel is Channel.EMAIL else None
    issue = issue_password(
        session, account, purpose, channel, user_number=user_number, sent_to=sent_to, prepared=prepared
    )
    publishes.credentials_issued(session, account, issue, recipient)
    described = {"purpose": purpose, "channel": channel, "issue_id": str(issue.id)}
    record(session, Kind.CREDENTIALS_ISSUED, account.id, actor=actor, details=described)
    return True


def own_recipient(account: Account) -> Recipient:
    """The address the person gave, unless it bounced; else the first contact address."""
    known = (account.email, account.contact_email)
    email = next((one for one in known if one and one != account.bounced_email), None)
    return Recipient(account.name, email, tuple(account.contact_address))


def issue_password(
    session: Session,
    account: Account,
    purpose: Purpose,
    channel: Channel,
    *,
    user_number: str | None = None,
    sent_to: str | None = None,
    prepared: Prepared | None = None,
) -> Issue:
    """Stores the hash and returns the password, which is not stored anywhere."""
    now = clock.now()
    password, encoded = prepared or prepare_password()
    credential = Credential(
        id=ids.new_id(),
        account_id=account.id,
        password_hash=encoded,
        channel=channel,
        purpose=purpose,
        issued_at=now,
        expires_at=expires_at(channel, now, settings_of(runtimes.of(session)).provisional_lifetimes),
        sent_to=sent_to,
    )
    session.execute(
        update(Credential)
        .where(Credential.account_id == account.id, Credential.replaced_at.is_(None))
        .values(replaced_at=now, sent_to=None)
        .execution_options(synchronize_session=False)
    )
    session.add(credential)
    session.flush()
    return Issue(credential.id, channel, purpose, credential.expires_at, password, user_number)


def _refusal(session: Session, account: Account, channel: Channel | None) -> str | None:
    if account.closed_at is not None:
        return "closed"
    if channel is None:
        return "unreachable"
    if channel is Channel.EMAIL:
        return None
    pending = (
        Credential.account_id == account.id,
        Credential.channel == Channel.LETTER,
        Credential.purpose.in_(_ASKED_FOR),
        Credential.used_at.is_(None),
        Credential.replaced_at.is_(None),
        Credential.issued_at > clock.now() - LETTER_PAUSE,
    )
    return "on_its_way" if session.scalar(select(Credential.id).where(*pending)) else None
