"""The accounts that a recovery request is about, with the address to write to."""

from collections.abc import Iterator
from itertools import chain, islice

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from identity.accounts.queries import principal_of
from identity.credentials.queries import accounts_written_to_at, recipient_by_its_caf
from identity.domain.credentials import Purpose
from identity.models import Account, RecoveryRequest, UserNumber
from identity.publishes import Recipient

# One address may belong to several accounts nobody has signed in to yet (a landlord in several départements).
_MOST_ACCOUNTS_PER_EMAIL = 10


def accounts_to_recover(session: Session, request: RecoveryRequest) -> Iterator[tuple[Account, Recipient, str | None]]:
    if request.purpose == Purpose.IDENTIFIER_RECOVERY:
        yield from _by_user_number(session, request.subject or "")
    else:
        yield from _by_email(session, request.subject or "")


def _by_user_number(session: Session, number: str) -> Iterator[tuple[Account, Recipient, str | None]]:
    """The organisation's principal account, at the address its holder gave, else at the one of the Caf that created it;
    never at an address that bounced, nor at one that another Caf gives for the same organisation."""
    known = session.get(UserNumber, number)
    account = principal_of(session, known.organisation_id) if known else None
    if known is None or account is None:
        return
    if account.email and account.email != account.bounced_email:
        yield account, Recipient(account.name, account.email), number
    else:
        yield account, *recipient_by_its_caf(session, account, number)


def _by_email(session: Session, email: str) -> Iterator[tuple[Account, Recipient, str | None]]:
    """Accounts whose holder gave this address, or whose Caf uses it and whose holder has not given another one yet."""
    given = or_(Account.email == email, Account.email.is_(None) & (Account.contact_email == email))
    accounts = session.scalars(select(Account).where(given, Account.closed_at.is_(None)))
    found = {account.id: account for account in chain(accounts, accounts_written_to_at(session, email))}
    for account in islice(found.values(), _MOST_ACCOUNTS_PER_EMAIL):
        yield account, Recipient(account.name, email), None
