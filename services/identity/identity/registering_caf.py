"""The Caf whose agents see what is written to an account: the one that registered the landlord."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.models import Account, UserNumber


def registering_caf(session: Session, account: Account, user_number: str | None = None) -> str | None:
    """The account's own Caf, else that of the number it is about, else the only one of its organisation.

    None where several Cafs know the organisation and nothing says which of them is meant. The digits of a user number
    say nothing of the Caf."""
    if account.caf_code or account.organisation_id is None:
        return account.caf_code
    numbers = select(UserNumber.caf_code).where(UserNumber.organisation_id == account.organisation_id).distinct()
    if user_number is not None:
        numbers = numbers.where(UserNumber.number == user_number)
    cafs = session.scalars(numbers.limit(2)).all()
    return cafs[0] if len(cafs) == 1 else None
