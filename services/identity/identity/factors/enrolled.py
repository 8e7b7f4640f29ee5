"""What an account is protected by, and whether it must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from identity.domain.passwords import ALONE, WITH_FACTOR, Strength
from identity.domain.protection import Place, must_protect
from identity.models import Account, Passkey, RecoveryCode, TotpFactor


@dataclass(frozen=True)
class EnrolledFactors:
    """`codes_left`: recovery codes not used yet; `required`: the account's place asks for a second factor."""

    totp: TotpFactor | None
    passkeys: Sequence[Passkey]
    codes_left: int
    required: bool

    @property
    def count(self) -> int:
        return len(self.passkeys) + (self.totp is not None)


def enrolled(session: Session, account: Account) -> EnrolledFactors:
    keys = select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.created_at)
    left = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return EnrolledFactors(
        totp=session.get(TotpFactor, account.id),
        passkeys=session.scalars(keys).all(),
        codes_left=session.scalar(left) or 0,
        required=must_protect(place_of(session, account)),
    )


def protected(account_id: Any) -> ColumnElement[bool]:
    """True in a query for an account that has a second factor; recovery codes alone are none: they stand in for one."""
    return or_(*(exists().where(kind.account_id == account_id) for kind in (TotpFactor, Passkey)))


# Built once: each sign-in asks.
_HAS_FACTOR = select(protected(bindparam("account_id")))


def has_factor(session: Session, account_id: UUID) -> bool:
    return bool(session.scalar(_HAS_FACTOR, {"account_id": account_id}))


def colleagues(account_id: Any) -> ColumnElement[bool]:
    """True in a query for an account whose organisation has another one that is not closed, signed in yet or not."""
    mine, other = aliased(Account), aliased(Account)
    found = select(other.id).join(mine, mine.organisation_id == other.organisation_id)
    return found.where(mine.id == account_id, other.id != mine.id, other.closed_at.is_(None)).exists()


# Built once: each sign-in asks.
_HAS_COLLEAGUES = select(colleagues(bindparam("account_id")))


def place_of(session: Session, account: Account) -> Place:
    return place(account, has_colleagues=bool(session.scalar(_HAS_COLLEAGUES, {"account_id": account.id})))


def place(account: Account, *, has_colleagues: bool) -> Place:
    """When the query that knows is another one."""
    return Place(kind=account.kind, role=account.role, natural_person=account.natural_person, colleagues=has_colleagues)


def asked_strength(session: Session, account_id: UUID) -> Strength:
    """Of the account's password."""
    return WITH_FACTOR if has_factor(session, account_id) else ALONE
