"""Opens a session once the person has proven their identity, and moves it through the steps of the sign-in."""

from collections.abc import Set
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from chassis import clock
from chassis import runtime as runtimes
from chassis.db import any_row
from sqlalchemy import RowMapping, Select, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from identity import publishes
from identity.domain.consents import TEXTS, consented_steps
from identity.domain.first_sign_in import OutOfOrder, Step, Trigger, advance, satisfied_steps
from identity.domain.protection import protection_due
from identity.domain.security_events import Kind
from identity.journal import record
from identity.journal.client_address import Origin
from identity.models import Account, Consent, SignInSession
from identity.sessions.commands import Opened, start_session
from identity.sessions.protection import colleagues, place, protected
from identity.sessions.suspension import suspended
from identity.settings import settings_of

_OF_ACCOUNT = Consent.account_id == bindparam("account_id")
_HIGHEST = select(func.max(Consent.document_version)).where(_OF_ACCOUNT)
# A single statement, built once: it runs at each sign-in. Once the account is locked, its answers hold until the
# transaction ends.
_PROGRESS = select(
    any_row(Account, Account.id == bindparam("account_id"), suspended()).label("suspended"),
    protected(bindparam("account_id")).label("has_factor"),
    colleagues(bindparam("account_id")).label("has_colleagues"),
    *(_HIGHEST.where(Consent.document == step.value).scalar_subquery().label(step.value) for step in TEXTS),
)
_ACCOUNTS = cast(Table, Account.__table__)
_COUNT_SIGN_IN = (
    update(_ACCOUNTS)
    .where(_ACCOUNTS.c.id == bindparam("account_id"), ~protected(_ACCOUNTS.c.id))
    .values(unprotected_sign_ins=_ACCOUNTS.c.unprotected_sign_ins + 1)
)
_OFFERED = (
    update(_ACCOUNTS)
    .where(_ACCOUNTS.c.id == bindparam("account_id"))
    .values(protection_offered_at=bindparam("offered_at"))
)
_KINDS = {
    Trigger.OWN_PASSWORD_ACCEPTED: Kind.SIGN_IN_OWN,
    Trigger.OWN_PASSWORD_TO_CHANGE: Kind.SIGN_IN_TO_CHANGE,
    Trigger.PROVISIONAL_ACCEPTED: Kind.SIGN_IN_PROVISIONAL,
    Trigger.PASSKEY_ACCEPTED: Kind.SIGN_IN_PASSKEY,
}


@dataclass(frozen=True)
class SessionStart:
    """Origin and method of the sign-in; `amr`: authentication methods (RFC 8176)."""

    origin: Origin
    amr: tuple[str, ...] = ("pwd",)
    credential_id: UUID | None = None


class Suspended(Exception):
    """The Caf has suspended the account or its organisation."""


def open_session(session: Session, account: Account, trigger: Trigger, start: SessionStart) -> Opened:
    """The only place that opens one. Returns it with its current step; `account` is locked. Raises Suspended."""
    progress = _progress(session, account)
    if progress["suspended"]:
        raise Suspended
    step = advance(Step.CREDENTIALS, trigger, _steps_to_skip(session, account, progress))
    opened = start_session(
        session, account, step, amr=start.amr, credential_id=start.credential_id, browser=start.origin.browser
    )
    _note_arrival(session, account, step)
    record(session, _KINDS[trigger], account.id, session_id=opened.id, details={"step": step}, origin=start.origin)
    return opened


def locked_at(session: Session, session_id: UUID, *steps: Step) -> tuple[SignInSession, Account]:
    """As `found_at`, locked: for a session that writes, since a snapshot fails on a row that was changed after it."""
    return _at(session, _open(session_id).with_for_update(), steps)


def found_at(session: Session, session_id: UUID, *steps: Step) -> tuple[SignInSession, Account]:
    """The open session, if it is at one of these steps; raises OutOfOrder with its actual step."""
    return _at(session, _open(session_id), steps)


def _open(session_id: UUID) -> Select[SignInSession, Account]:
    return (
        select(SignInSession, Account)
        .join(Account, Account.id == SignInSession.account_id)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
    )


def _at(
    session: Session, statement: Select[SignInSession, Account], steps: tuple[Step, ...]
) -> tuple[SignInSession, Account]:
    row = session.execute(statement).one_or_none()
    if row is None:
        raise OutOfOrder(Step.CREDENTIALS)
    if row[0].step not in steps:
        raise OutOfOrder(Step(row[0].step))
    return row[0], row[1]


def advance_session(session: Session, opened: SignInSession, account: Account, trigger: Trigger) -> Step:
    """Moves the session to the step after the trigger; activates the account when it first reaches DONE."""
    skipped = _steps_to_skip(session, account, _progress(session, account))
    step = advance(Step(opened.step), trigger, skipped)
    opened.step = step.value
    _note_arrival(session, account, step)
    if step is Step.DONE and account.activated_at is None:
        account.activated_at = clock.now()
        account.version += 1
        publishes.account_activated(session, account, account.activated_at)
        record(session, Kind.ACCOUNT_ACTIVATED, account.id)
    session.flush()
    return step


def _progress(session: Session, account: Account) -> RowMapping:
    return session.execute(_PROGRESS, {"account_id": account.id}).mappings().one()


def _steps_to_skip(session: Session, account: Account, progress: RowMapping) -> Set[Step]:
    """The steps that this account can skip."""
    return satisfied_steps(
        information_given=account.information_given_at is not None,
        consented=consented_steps({step: progress[step.value] or 0 for step in TEXTS}, clock.today()),
        has_factor=bool(progress["has_factor"]),
        # Required once: a person who skipped it confirms the address in « Mon compte ».
        email_due=account.activated_at is None and account.email is None and account.unconfirmed_email is not None,
        protection_due=protection_due(
            place(account, has_colleagues=bool(progress["has_colleagues"])),
            account.unprotected_sign_ins,
            settings_of(runtimes.of(session)).mfa_grace_sign_ins,
            offered_before=account.protection_offered_at is not None,
        ),
    )


def _note_arrival(session: Session, account: Account, step: Step) -> None:
    """Records that a session reached this step: counts sign-ins without a second factor, of which some roles have few,
    and notes that « Protégez votre compte » was shown, since those who may decline see it once."""
    if step is Step.DONE:
        session.execute(_COUNT_SIGN_IN, {"account_id": account.id})
    elif step is Step.PROTECTION and account.protection_offered_at is None:
        session.execute(_OFFERED, {"account_id": account.id, "offered_at": clock.now()})
