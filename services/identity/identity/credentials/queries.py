"""Where login and password are sent.

Until the holder of a principal account gives an address, it is the one of the Caf whose registry created the account.
Other Cafs may have numbers of the same organisation: their files give the address of their own letters, never the one
where login and password are sent.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts.queries import creating_caf
from identity.models import Account, UserNumber
from identity.publishes import Recipient


def own_recipient(account: Account) -> Recipient:
    """The address the person gave, unless it bounced; else the first contact address."""
    known = (account.email, account.contact_email)
    email = next((one for one in known if one and one != account.bounced_email), None)
    return Recipient(account.name, email, tuple(account.contact_address))


def recipient_by_its_caf(session: Session, account: Account, asked: str | None = None) -> tuple[Recipient, str | None]:
    """The recipient and the user number at that Caf: `asked` if it is one of its numbers. Never an e-mail address that
    bounced."""
    mine = select(UserNumber).where(
        UserNumber.organisation_id == account.organisation_id, UserNumber.caf_code == creating_caf(session, account)
    )
    # The first one registered unless `asked`: ids are in chronological order.
    chosen = mine.order_by((UserNumber.number == asked).desc(), UserNumber.landlord_id).limit(1)
    known = session.scalar(chosen)
    if known is None:
        return own_recipient(account), None
    email = known.email if known.email != account.bounced_email else None
    return Recipient(known.name, email, tuple(known.address)), known.number


def accounts_written_to_at(session: Session, email: str) -> Iterator[Account]:
    """Principal accounts whose Caf uses this address and whose holder has not given another one yet."""
    open_ones = (Account.principal, Account.email.is_(None), Account.closed_at.is_(None))
    found = (
        select(Account, UserNumber.caf_code)
        .join(UserNumber, UserNumber.organisation_id == Account.organisation_id)
        .where(UserNumber.email == email, *open_ones)
        .order_by(Account.id)
    )
    given = {}
    for account, caf_code in session.execute(found):
        if account.id not in given and caf_code == creating_caf(session, account):
            given[account.id] = account
            yield account
