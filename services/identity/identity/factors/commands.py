"""Adding and removing second factors, each with a journal line and a notice to the holder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from chassis import clock
from chassis.problems import FieldError, Invalid, NotFound
from chassis.runtime import Runtime
from sqlalchemy import delete
from sqlalchemy.orm import Session

from identity.accounts.notices import Notice, notify
from identity.domain.first_sign_in import Step, Trigger
from identity.domain.passwords import MIN_LENGTH
from identity.domain.protection import must_protect
from identity.domain.security_events import Kind
from identity.factors import challenges, codes, passkeys, totp
from identity.factors.challenges import Ceremony
from identity.factors.queries import enrolled
from identity.journal import record
from identity.models import Account, Passkey, RecoveryCode, SignInSession, TotpFactor
from identity.sessions.commands import end_other_sessions
from identity.sessions.progress import advance_session, locked_at
from identity.sessions.protection import has_factor, place_in_organisation

Factor = Literal["totp", "passkey"]
_ENROLMENT_STEPS = (Step.PROTECTION, Step.DONE)
PASSWORD_TOO_SHORT = (
    f"C’est votre dernière protection, et votre mot de passe a moins de {MIN_LENGTH} caractères. "
    "Choisissez d’abord un mot de passe plus long."
)
FACTOR_REQUIRED = (
    "Votre rôle demande une seconde vérification. Ajoutez d’abord une autre clé d’accès ou une application "
    "d’authentification, puis retirez celle-ci."
)


@dataclass(frozen=True)
class Enrolled:
    """`codes`: recovery codes, shown only now; empty if the account already had some."""

    codes: list[str]
    step: Step


def enrol_totp(runtime: Runtime, session_id: UUID, account_id: UUID, sealed: str, code: str) -> Enrolled:
    """Raises Invalid if the code does not match the offered secret."""

    def confirm(session: Session, account: Account) -> None:
        if not totp.confirm(session, account.id, sealed, code):
            detail = "Ce n’est pas le code que l’application affiche maintenant. Attendez le suivant et saisissez-le."
            raise Invalid([FieldError(pointer="/code", code="wrong", detail=detail)])

    return _enrol(runtime, session_id, account_id, "totp", confirm)


def enrol_passkey(
    runtime: Runtime, session_id: UUID, account_id: UUID, challenge: str, text: str, name: str
) -> Enrolled:
    """Raises BadAnswer, or Invalid."""
    answer = challenges.read_challenge_answer(runtime, Ceremony.REGISTRATION, challenge, text)
    return _enrol(
        runtime,
        session_id,
        account_id,
        "passkey",
        lambda session, account: passkeys.register(session, account, answer, name),
    )


def renew_codes(runtime: Runtime, session_id: UUID) -> list[str]:
    """Replaces the remaining recovery codes with ten new ones. Raises OutOfOrder; Invalid without any factor."""
    new_codes, hashes = codes.prepare()
    with runtime.transaction() as session:
        _, account = locked_at(session, session_id, Step.DONE)
        if not has_factor(session, account.id):
            detail = "Les codes de secours remplacent une application ou une clé d’accès\u00a0: ajoutez-en d’abord une."
            raise Invalid([FieldError(pointer="", code="no_factor", detail=detail)])
        _keep_codes(session, account, hashes)
    return new_codes


def advance_if_protected(runtime: Runtime, session_id: UUID) -> Step:
    """Advances a session waiting at PROTECTION if the factor was added in another browser."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.PROTECTION)
        if not has_factor(session, account.id):
            return Step.PROTECTION
        return advance_session(session, opened, account, Trigger.PROTECTED)


def decline(runtime: Runtime, session_id: UUID) -> Step:
    """Continues without a second factor, permanently. Raises OutOfOrder; stays at PROTECTION if a second factor is
    required (another user may have been added since the page was shown)."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.PROTECTION)
        if must_protect(place_in_organisation(session, account)) and not has_factor(session, account.id):
            return Step.PROTECTION
        record(session, Kind.PROTECTION_DECLINED, account.id, session_id=session_id)
        return advance_session(session, opened, account, Trigger.PROTECTED)


def _enrol(
    runtime: Runtime, session_id: UUID, account_id: UUID, factor: Factor, add: Callable[[Session, Account], None]
) -> Enrolled:
    new_codes, hashes = _codes_if_none(runtime, account_id)
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, *_ENROLMENT_STEPS)
        add(session, account)
        record(session, Kind.FACTOR_ADDED, account.id, session_id=session_id, details={"factor": factor})
        notify(session, account, Notice.FACTOR_ADDED, factor=factor)
        if hashes:
            _keep_codes(session, account, hashes)
        return Enrolled(new_codes, _next_step(session, opened, account))


def _codes_if_none(runtime: Runtime, account_id: UUID) -> tuple[list[str], list[str]]:
    """Hashes the codes before any transaction is opened."""
    with runtime.read_only() as session:
        if enrolled(session, session.get_one(Account, account_id)).codes_left:
            return [], []
    return codes.prepare()


def _keep_codes(session: Session, account: Account, hashes: list[str]) -> None:
    codes.replace(session, account.id, hashes)
    record(session, Kind.RECOVERY_CODES_MADE, account.id, details={"count": len(hashes)})
    notify(session, account, Notice.RECOVERY_CODES_MADE)


def _next_step(session: Session, opened: SignInSession, account: Account) -> Step:
    return advance_session(session, opened, account, Trigger.PROTECTED) if opened.step == Step.PROTECTION else Step.DONE


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
    notify(session, account, Notice.FACTORS_RESET)
    return True


def _check(session: Session, account_id: UUID) -> Account:
    """Locks and returns the account: otherwise simultaneous removals could remove the last factor. Raises Invalid."""
    account = session.get_one(Account, account_id, with_for_update=True)
    found = enrolled(session, account)
    if found.count == 1:
        if found.required:
            raise _refused("required", FACTOR_REQUIRED)
        if account.short_password:
            raise _refused("short_password", PASSWORD_TOO_SHORT)
    return account


def _removed(session: Session, account: Account, factor: Literal["totp", "passkey"]) -> None:
    if not has_factor(session, account.id):
        # Recovery codes only replace a factor: without one they would be a factor of their own.
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    record(session, Kind.FACTOR_REMOVED, account.id, details={"factor": factor})
    notify(session, account, Notice.FACTOR_REMOVED, factor=factor)


def _refused(code: str, detail: str) -> Invalid:
    return Invalid([FieldError(pointer="", code=code, detail=detail)])
