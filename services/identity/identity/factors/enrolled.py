"""An account's second factors, and whether one is required."""

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
    """`codes_left`: unused recovery codes; `required`: the account must have a second factor."""

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


def place_of(session: Session, account: Account) -> Place:
    return place(account, has_colleagues=bool(session.scalar(_HAS_COLLEAGUES, {"account_id": account.id})))


def place(account: Account, *, has_colleagues: bool) -> Place:
    """As `place_of`, if the caller's own query has already determined `has_colleagues`."""
    return Place(kind=account.kind, role=account.role, natural_person=account.natural_person, colleagues=has_colleagues)


def asked_strength(session: Session, account_id: UUID) -> Strength:
    """The strength required of the account's password."""
    return WITH_FACTOR if has_factor(session, account_id) else ALONE
