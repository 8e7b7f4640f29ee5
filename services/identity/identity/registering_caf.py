"""The Caf that registered a landlord: its agents see the messages sent to the account, and it gives the address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.models import Account, UserNumber


def registering_caf(session: Session, account: Account, user_number: str | None = None) -> str | None:
    """The Caf of messages sent to this account: the account's own, else that of the user number concerned, else the
    one that created it. The digits of a user number do not identify the Caf."""
    if account.caf_code or account.organisation_id is None:
        return account.caf_code
    of_number = select(UserNumber.caf_code).where(
        UserNumber.number == user_number, UserNumber.organisation_id == account.organisation_id
    )
    return (user_number and session.scalar(of_number)) or caf_that_made(session, account)


def caf_that_made(session: Session, account: Account) -> str | None:
    """The Caf whose registry created the account; for one created by a colleague, that of the organisation's first."""
    if account.registry_caf is not None:
        return account.registry_caf
    first = select(Account.registry_caf).where(
        Account.organisation_id == account.organisation_id, Account.registry_caf.is_not(None)
    )
    return session.scalar(first.order_by(Account.created_at, Account.id).limit(1))
