"""Taking factors away: one by the person, or all of them by the Caf when everything is lost."""

from typing import Literal
from uuid import UUID

from chassis import clock
from chassis.problems import FieldError, Invalid, NotFound
from sqlalchemy import delete
from sqlalchemy.orm import Session

from identity.domain.passwords import MIN_LENGTH
from identity.domain.security_events import Kind
from identity.factors.enrolled import enrolled, has_factor
from identity.journal import record
from identity.models import Account, Passkey, RecoveryCode, TotpFactor
from identity.notices import Notice, tell
from identity.sign_in import sessions

LENGTHEN = (
    f"C’est votre dernière protection, et votre mot de passe a moins de {MIN_LENGTH} caractères. "
    "Choisissez d’abord un mot de passe plus long."
)
REQUIRED = (
    "Votre rôle demande une seconde vérification. Ajoutez d’abord une autre clé d’accès ou une application "
    "d’authentification, puis retirez celle-ci."
)


def remove_totp(session: Session, account_id: UUID) -> None:
    """Raises NotFound, or Invalid when the account would be left without what it must have."""
    account = _check(session, account_id)
    gone = delete(TotpFactor).where(TotpFactor.account_id == account_id).returning(TotpFactor.account_id)
    if session.scalar(gone) is None:
        raise NotFound
    _removed(session, account, "totp")


def remove_passkey(session: Session, account_id: UUID, passkey_id: UUID) -> None:
    """Raises NotFound for another account's as for one that does not exist, else as `remove_totp`."""
    account = _check(session, account_id)
    mine = (Passkey.id == passkey_id, Passkey.account_id == account_id)
    if session.scalar(delete(Passkey).where(*mine).returning(Passkey.id)) is None:
        raise NotFound
    _removed(session, account, "passkey")


def reset_factors(session: Session, account_id: UUID) -> bool:
    """Removes every factor and recovery code, ends the sessions and tells the holder; False when there was nothing.

    Who may ask for it, and the journal line with their reason, are the caller's.
    """
    account = session.get_one(Account, account_id, with_for_update=True)
    if not has_factor(session, account_id):
        return False
    for table in (TotpFactor, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account_id))
    if account.short_password:
        # Long enough beside a second factor, too short alone.
        account.password_change_required_at = clock.now()
    sessions.end_others(session, account_id, None, "factors_reset")
    tell(session, account, Notice.FACTORS_RESET)
    return True


def _check(session: Session, account_id: UUID) -> Account:
    """The account, locked: two removals at once would each leave the other one's factor."""
    account = session.get_one(Account, account_id, with_for_update=True)
    found = enrolled(session, account)
    if found.count == 1:
        if found.required:
            raise _refused("required", REQUIRED)
        if account.short_password:
            raise _refused("short_password", LENGTHEN)
    return account


def _removed(session: Session, account: Account, factor: Literal["totp", "passkey"]) -> None:
    if not has_factor(session, account.id):
        # They stand in for a factor: without one they would be a way in by themselves.
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    record(session, Kind.FACTOR_REMOVED, account.id, details={"factor": factor})
    tell(session, account, Notice.FACTOR_REMOVED, factor=factor)


def _refused(code: str, detail: str) -> Invalid:
    return Invalid([FieldError(pointer="", code=code, detail=detail)])
