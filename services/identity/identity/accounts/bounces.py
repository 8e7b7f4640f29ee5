"""Bounced e-mails: marks the address and reissues credentials by letter, once."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import reaching
from identity.accounts.issuing import issue_and_send
from identity.domain.credentials import Channel, Purpose
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, Credential
from identity.publishes import Recipient

# Templates that notification sends to the account's own address; the others go elsewhere.
_CREDENTIALS = frozenset({"login", "provisional_password"})
_TO_ACCOUNT = frozenset({"receipt"})


def came_back(session: Session, account_id: UUID, template: str) -> None:
    """Does nothing for an unknown or closed account, nor for credentials reissued since."""
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.closed_at is not None:
        return
    if template in _CREDENTIALS:
        _credentials_came_back(session, account)
    elif template in _TO_ACCOUNT and account.email and account.email != account.bounced_email:
        _mark(session, account, account.email)


def _credentials_came_back(session: Session, account: Account) -> None:
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
    _mark(session, account, sent.sent_to)
    recipient, number = _by_letter(session, account)
    issue_and_send(session, account, Purpose.REISSUE, recipient, user_number=number)


def _by_letter(session: Session, account: Account) -> tuple[Recipient, str | None]:
    """The Caf's postal recipient: the landlord's last known address, for its principal account only."""
    if account.principal:
        known, number = reaching.by_its_caf(session, account)
        return Recipient(known.name, None, known.address), number
    return Recipient(account.name, None, tuple(account.contact_address)), None


def _mark(session: Session, account: Account, address: str) -> None:
    account.bounced_email = address
    record(session, Kind.EMAIL_BOUNCED, account.id, actor="system")
