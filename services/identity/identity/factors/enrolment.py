"""Adding a factor, with recovery codes if there are none, a journal line and a notice to the holder."""

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
from identity.factors.queries import enrolled
from identity.journal import record
from identity.models import Account, SignInSession
from identity.notices import Notice, tell
from identity.sessions.progress import advance_session, locked_at
from identity.sessions.protection import has_factor, place_in_organisation

Factor = Literal["totp", "passkey"]
_STEPS = (Step.PROTECTION, Step.DONE)


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
    answer = challenges.answered(runtime, Ceremony.REGISTRATION, challenge, text)
    return _enrol(
        runtime,
        session_id,
        account_id,
        "passkey",
        lambda session, account: passkeys.register(session, account, answer, name),
    )


def renew_codes(runtime: Runtime, session_id: UUID) -> list[str]:
    """Replaces the remaining recovery codes with ten new ones. Raises OutOfOrder; Invalid without any factor."""
    fresh, hashes = codes.prepare()
    with runtime.transaction() as session:
        _, account = locked_at(session, session_id, Step.DONE)
        if not has_factor(session, account.id):
            detail = "Les codes de secours remplacent une application ou une clé d’accès\u00a0: ajoutez-en d’abord une."
            raise Invalid([FieldError(pointer="", code="no_factor", detail=detail)])
        _keep_codes(session, account, hashes)
    return fresh


def go_on_if_protected(runtime: Runtime, session_id: UUID) -> Step:
    """Advances a session waiting at PROTECTION if the factor was added in another browser."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.PROTECTION)
        return (
            advance_session(session, opened, account, Trigger.PROTECTED)
            if has_factor(session, account.id)
            else Step.PROTECTION
        )


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
    fresh, hashes = _codes_if_none(runtime, account_id)
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, *_STEPS)
        add(session, account)
        record(session, Kind.FACTOR_ADDED, account.id, session_id=session_id, details={"factor": factor})
        tell(session, account, Notice.FACTOR_ADDED, factor=factor)
        if hashes:
            _keep_codes(session, account, hashes)
        return Enrolled(fresh, _next_step(session, opened, account))


def _codes_if_none(runtime: Runtime, account_id: UUID) -> tuple[list[str], list[str]]:
    """Hashes the codes before any transaction is opened."""
    with runtime.read_only() as session:
        if enrolled(session, session.get_one(Account, account_id)).codes_left:
            return [], []
    return codes.prepare()


def _keep_codes(session: Session, account: Account, hashes: list[str]) -> None:
    codes.replace(session, account.id, hashes)
    record(session, Kind.RECOVERY_CODES_MADE, account.id, details={"count": len(hashes)})
    tell(session, account, Notice.RECOVERY_CODES_MADE)


def _next_step(session: Session, opened: SignInSession, account: Account) -> Step:
    return advance_session(session, opened, account, Trigger.PROTECTED) if opened.step == Step.PROTECTION else Step.DONE
