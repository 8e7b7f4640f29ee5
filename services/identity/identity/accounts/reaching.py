"""Where the Caf writes to the holder of a principal account, until they have said themselves.

It is the Caf whose registry made the account. Others may have numbers of the same organisation, and their files say
where they write for their own letters; never where login and password go.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts.issuing import own_recipient
from identity.models import Account, UserNumber
from identity.publishes import Recipient
from identity.registering_caf import caf_that_made


def by_its_caf(session: Session, account: Account, asked: str | None = None) -> tuple[Recipient, str | None]:
    """The recipient, and the user number under which that Caf knows them: `asked` if it is one of its own. Never an
    address that sent our messages back."""
    mine = select(UserNumber).where(
        UserNumber.organisation_id == account.organisation_id, UserNumber.caf_code == caf_that_made(session, account)
    )
    # The first that it registered, unless told otherwise: their ids are in the order of time.
    chosen = mine.order_by((UserNumber.number == asked).desc(), UserNumber.landlord_id).limit(1)
    known = session.scalar(chosen)
    if known is None:
        return own_recipient(account), None
    email = known.email if known.email != account.bounced_email else None
    return Recipient(known.name, email, tuple(known.address)), known.number


def written_to_at(session: Session, email: str) -> Iterator[Account]:
    """Principal accounts whose Caf writes to this address, and whose holder has not said otherwise yet."""
    open_ones = (Account.principal, Account.email.is_(None), Account.closed_at.is_(None))
    found = (
        select(Account, UserNumber.caf_code)
        .join(UserNumber, UserNumber.organisation_id == Account.organisation_id)
        .where(UserNumber.email == email, *open_ones)
        .order_by(Account.id)
    )
    given = {}
    for account, caf_code in session.execute(found):
        if account.id not in given and caf_code == caf_that_made(session, account):
            given[account.id] = account
            yield account
