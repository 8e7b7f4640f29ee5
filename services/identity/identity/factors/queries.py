"""An account's second factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.domain.protection import must_protect
from identity.models import Account, Passkey, RecoveryCode, TotpFactor
from identity.sessions.protection import place_in_organisation


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
        required=must_protect(place_in_organisation(session, account)),
    )


def keys_of(session: Session, account_id: UUID) -> Sequence[Passkey]:
    return session.scalars(select(Passkey).where(Passkey.account_id == account_id)).all()
