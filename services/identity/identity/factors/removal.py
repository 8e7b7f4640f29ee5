"""Removing factors: one by the person, or all by the Caf if everything is lost."""

from typing import Literal
from uuid import UUID

from chassis import clock
from chassis.problems import FieldError, Invalid, NotFound
from sqlalchemy import delete
from sqlalchemy.orm import Session

from identity.domain.passwords import MIN_LENGTH
from identity.domain.security_events import Kind
from identity.factors.queries import enrolled
from identity.journal import record
from identity.models import Account, Passkey, RecoveryCode, TotpFactor
from identity.notices import Notice, tell
from identity.sessions.commands import end_other_sessions
from identity.sessions.protection import has_factor

LENGTHEN = (
    f"C’est votre dernière protection, et votre mot de passe a moins de {MIN_LENGTH} caractères. "
    "Choisissez d’abord un mot de passe plus long."
)
REQUIRED = (
    "Votre rôle demande une seconde vérification. Ajoutez d’abord une autre clé d’accès ou une application "
    "d’authentification, puis retirez celle-ci."
)


def remove_totp(session: Session, account_id: UUID) -> None:
    """Raises NotFound, or Invalid if it is the last factor and one is required or the password is too short alone."""
    account = _check(session, account_id)
    gone = delete(TotpFactor).where(TotpFactor.account_id == account_id).returning(TotpFactor.account_id)
    if session.scalar(gone) is None:
        raise NotFound
    _removed(session, account, "totp")


def remove_passkey(session: Session, account_id: UUID, passkey_id: UUID) -> None:
    """Raises NotFound for an unknown key or another account's, and Invalid as `remove_totp`."""
    account = _check(session, account_id)
    mine = (Passkey.id == passkey_id, Passkey.account_id == account_id)
    if session.scalar(delete(Passkey).where(*mine).returning(Passkey.id)) is None:
        raise NotFound
    _removed(session, account, "passkey")


def reset_factors(session: Session, account_id: UUID) -> bool:
    """Removes all factors and recovery codes, ends the sessions and notifies the holder; False if there was no factor.

    The caller checks permissions and writes the journal line with the reason.
    """
    account = session.get_one(Account, account_id, with_for_update=True)
    if not has_factor(session, account_id):
        return False
    for table in (TotpFactor, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account_id))
    if account.short_password:
        # Long enough with a second factor, too short alone.
        account.password_change_required_at = clock.now()
    end_other_sessions(session, account_id, None, "factors_reset")
    tell(session, account, Notice.FACTORS_RESET)
    return True


def _check(session: Session, account_id: UUID) -> Account:
    """Locks and returns the account: otherwise simultaneous removals could remove the last factor. Raises Invalid."""
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
        # Recovery codes only replace a factor: without one they would be a factor of their own.
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    record(session, Kind.FACTOR_REMOVED, account.id, details={"factor": factor})
    tell(session, account, Notice.FACTOR_REMOVED, factor=factor)


def _refused(code: str, detail: str) -> Invalid:
    return Invalid([FieldError(pointer="", code=code, detail=detail)])
