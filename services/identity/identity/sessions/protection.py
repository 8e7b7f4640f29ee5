"""Whether an account has a second factor, and its situation, which decides whether it must have one."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from identity.domain.passwords import ALONE, WITH_FACTOR, Strength
from identity.domain.protection import Place
from identity.models import Account, Passkey, TotpFactor


def protected(account_id: Any) -> ColumnElement[bool]:
    """SQL condition: the account has a second factor. Recovery codes alone do not count, they only replace one."""
    return or_(*(exists().where(kind.account_id == account_id) for kind in (TotpFactor, Passkey)))


# Built once: it runs at each sign-in.
_HAS_FACTOR = select(protected(bindparam("account_id")))


def has_factor(session: Session, account_id: UUID) -> bool:
    return bool(session.scalar(_HAS_FACTOR, {"account_id": account_id}))


def colleagues(account_id: Any) -> ColumnElement[bool]:
    """SQL condition: the organisation has another account that is not closed, whether it has signed in or not."""
    mine, other = aliased(Account), aliased(Account)
    found = select(other.id).join(mine, mine.organisation_id == other.organisation_id)
    return found.where(mine.id == account_id, other.id != mine.id, other.closed_at.is_(None)).exists()


# Built once: it runs at each sign-in.
_HAS_COLLEAGUES = select(colleagues(bindparam("account_id")))


def place_in_organisation(session: Session, account: Account) -> Place:
    return place(account, has_colleagues=bool(session.scalar(_HAS_COLLEAGUES, {"account_id": account.id})))


def place(account: Account, *, has_colleagues: bool) -> Place:
    """As `place_in_organisation`, if the caller's own query has already determined `has_colleagues`."""
    return Place(kind=account.kind, role=account.role, natural_person=account.natural_person, colleagues=has_colleagues)


def required_strength(session: Session, account_id: UUID) -> Strength:
    """The strength required of the account's password."""
    return WITH_FACTOR if has_factor(session, account_id) else ALONE
