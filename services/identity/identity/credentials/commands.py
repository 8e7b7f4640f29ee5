"""Issuing a provisional password: stored hashed, sent sealed, replaces the previous one; reissuing one lost."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from chassis import clock, ids
from chassis import runtime as runtimes
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity import publishes
from identity.accounts.queries import principal_of, registering_caf
from identity.credentials import queries
from identity.crypto import hashing
from identity.domain.credentials import Channel, Purpose, choose_channel, expires_at, new_provisional_password
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, Credential
from identity.publishes import Issue, Recipient
from identity.settings import settings_of

# A new letter sooner would void the one in the post, and each letter costs money.
LETTER_PAUSE = timedelta(days=3)
_ASKED_FOR = (Purpose.IDENTIFIER_RECOVERY, Purpose.PASSWORD_RECOVERY)
# Templates that notification sends to the account's own address; the others go elsewhere.
_CREDENTIALS = frozenset({"login", "provisional_password"})
_TO_ACCOUNT = frozenset({"receipt"})


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
    caf_code = registering_caf(session, account, user_number)
    publishes.credentials_issued(session, account, issue, recipient, caf_code=caf_code)
    described = {"purpose": purpose, "channel": channel, "issue_id": str(issue.id)}
    record(session, Kind.CREDENTIALS_ISSUED, account.id, actor=actor, details=described)
    return True


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


def issue_again(session: Session, organisation_id: UUID, user_number: str) -> None:
    """Reissues credentials that never arrived, once the Caf has corrected the address, unless the account was opened or
    the previous password is still valid (notification then releases the waiting messages)."""
    account = principal_of(session, organisation_id)
    if account is None or account.activated_at is not None or account.password_hash is not None:
        return
    alive = select(Credential.id).where(
        Credential.account_id == account.id, Credential.replaced_at.is_(None), Credential.expires_at > clock.now()
    )
    if session.scalar(alive.limit(1)) is None:
        recipient, number = queries.recipient_by_its_caf(session, account, user_number)
        issue_and_send(session, account, Purpose.REISSUE, recipient, user_number=number)


def email_bounced(session: Session, account_id: UUID, template: str) -> None:
    """Marks the address and reissues credentials by letter, once. Does nothing for an unknown or closed account, nor
    for credentials reissued since."""
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.closed_at is not None:
        return
    if template in _CREDENTIALS:
        _credentials_bounced(session, account)
    elif template in _TO_ACCOUNT and account.email and account.email != account.bounced_email:
        _mark_bounced(session, account, account.email)


def _credentials_bounced(session: Session, account: Account) -> None:
    """Login and password both bounce: the first bounce issues the letters, the second finds them issued."""
    sent = session.scalar(
        select(Credential).where(
            Credential.account_id == account.id,
            Credential.channel == Channel.EMAIL,
            Credential.replaced_at.is_(None),
            Credential.used_at.is_(None),
        )
    )
    if sent is None or not sent.sent_to or sent.sent_to == account.bounced_email:
        return
    _mark_bounced(session, account, sent.sent_to)
    recipient, number = _by_letter(session, account)
    issue_and_send(session, account, Purpose.REISSUE, recipient, user_number=number)


def _by_letter(session: Session, account: Account) -> tuple[Recipient, str | None]:
    """The Caf's postal recipient: the landlord's last known address, for its principal account only."""
    if account.principal:
        known, number = queries.recipient_by_its_caf(session, account)
        return Recipient(known.name, None, known.address), number
    return Recipient(account.name, None, tuple(account.contact_address)), None


def _mark_bounced(session: Session, account: Account, address: str) -> None:
    account.bounced_email = address
    record(session, Kind.EMAIL_BOUNCED, account.id, actor="system")
