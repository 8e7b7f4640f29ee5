"""Adding a factor: the factor, recovery codes with the first one, a journal line, a word to the holder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from chassis.problems import FieldError, Invalid
from chassis.runtime import Runtime
from sqlalchemy.orm import Session

from identity.domain.first_sign_in import Step, Trigger
from identity.domain.protection import must_protect
from identity.domain.security_events import Kind
from identity.factors import challenges, codes, passkeys, totp
from identity.factors.challenges import Ceremony
from identity.factors.enrolled import enrolled, has_factor, place_of
from identity.journal import record
from identity.models import Account, SignInSession
from identity.notices import Notice, tell
from identity.sign_in.steps import locked_at, move

Factor = Literal["totp", "passkey"]
_STEPS = (Step.PROTECTION, Step.DONE)


@dataclass(frozen=True)
class Enrolled:
    """`codes`: recovery codes to show now and never again; none when there were some already."""

    codes: list[str]
    step: Step


def enrol_totp(runtime: Runtime, session_id: UUID, account_id: UUID, sealed: str, code: str) -> Enrolled:
    """Raises Invalid when the code is none of the offered application's."""

    def confirm(session: Session, account: Account) -> None:
        if not totp.confirm(session, account.id, sealed, code):
            detail = "Ce n’est pas le code que l’application affiche maintenant. Attendez le suivant et saisissez-le."
            raise Invalid([FieldError(pointer="/code", code="wrong", detail=detail)])

    return _enrol(runtime, session_id, account_id, "totp", confirm)


def enrol_passkey(
    runtime: Runtime, session_id: UUID, account_id: UUID, challenge: str, text: str, name: str
) -> Enrolled:
    """Raises BadAnswer, or Invalid."""
    answer = challenges.answered(runtime, Ceremony.REGISTRATION, challenge, text)
    return _enrol(
        runtime,
        session_id,
        account_id,
        "passkey",
        lambda session, account: passkeys.register(session, account, answer, name),
    )


def renew_codes(runtime: Runtime, session_id: UUID) -> list[str]:
    """Ten new recovery codes in place of what was left. Raises OutOfOrder; Invalid without any factor."""
    fresh, hashes = codes.prepare()
    with runtime.transaction() as session:
        _, account = locked_at(session, session_id, Step.DONE)
        if not has_factor(session, account.id):
            detail = "Les codes de secours remplacent une application ou une clé d’accès\u00a0: ajoutez-en d’abord une."
            raise Invalid([FieldError(pointer="", code="no_factor", detail=detail)])
        _keep_codes(session, account, hashes)
    return fresh


def go_on_if_protected(runtime: Runtime, session_id: UUID) -> Step:
    """For a session that waits at PROTECTION while the factor was added in another browser."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.PROTECTION)
        return move(session, opened, account, Trigger.PROTECTED) if has_factor(session, account.id) else Step.PROTECTION


def decline(runtime: Runtime, session_id: UUID) -> Step:
    """Goes on without a second factor, for good. Raises OutOfOrder; stays at PROTECTION when the account's place asks
    for one (another user may have come since the page was shown)."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.PROTECTION)
        if must_protect(place_of(session, account)) and not has_factor(session, account.id):
            return Step.PROTECTION
        record(session, Kind.PROTECTION_DECLINED, account.id, session_id=session_id)
        return move(session, opened, account, Trigger.PROTECTED)


def _enrol(
    runtime: Runtime, session_id: UUID, account_id: UUID, factor: Factor, add: Callable[[Session, Account], None]
) -> Enrolled:
    fresh, hashes = _codes_if_none(runtime, account_id)
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, *_STEPS)
        add(session, account)
        record(session, Kind.FACTOR_ADDED, account.id, session_id=session_id, details={"factor": factor})
        tell(session, account, Notice.FACTOR_ADDED, factor=factor)
        if hashes:
            _keep_codes(session, account, hashes)
        return Enrolled(fresh, _go_on(session, opened, account))


def _codes_if_none(runtime: Runtime, account_id: UUID) -> tuple[list[str], list[str]]:
    """Hashed before any transaction is open."""
    with runtime.read_only() as session:
        if enrolled(session, session.get_one(Account, account_id)).codes_left:
            return [], []
    return codes.prepare()


def _keep_codes(session: Session, account: Account, hashes: list[str]) -> None:
    codes.replace(session, account.id, hashes)
    record(session, Kind.RECOVERY_CODES_MADE, account.id, details={"count": len(hashes)})
    tell(session, account, Notice.RECOVERY_CODES_MADE)


def _go_on(session: Session, opened: SignInSession, account: Account) -> Step:
    return move(session, opened, account, Trigger.PROTECTED) if opened.step == Step.PROTECTION else Step.DONE
