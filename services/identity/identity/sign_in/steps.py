"""Actions of the first sign-in: each is refused out of order and commits with the session's state transition."""

from dataclasses import dataclass
from math import ceil
from uuid import UUID

from chassis import clock, ids
from chassis.db import insert_new
from chassis.problems import FieldError, Invalid, TooManyRequests
from chassis.runtime import Runtime
from sqlalchemy import update
from sqlalchemy.orm import Session

from identity.accounts import email_change
from identity.accounts.notices import Notice, notify
from identity.accounts.passwords import check_own_password
from identity.crypto import hashing
from identity.domain.consents import current
from identity.domain.first_sign_in import Step, Trigger
from identity.domain.passwords import MIN_LENGTH, normalise
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Consent, Credential, SignInSession
from identity.sessions.commands import end_other_sessions
from identity.sessions.progress import advance_session, found_at, locked_at
from identity.sign_in.password_login import Refusal, Refused

NOT_THE_SAME = "C’est votre mot de passe actuel. La Caf vous demande d’en choisir un autre."
_ACCEPTANCE = {Step.USAGE_RULES: Trigger.USAGE_RULES_ACCEPTED, Step.TERMS: Trigger.TERMS_ACCEPTED}


@dataclass(frozen=True, kw_only=True)
class Information:
    """The information of step 2, already normalised."""

    civility: str
    last_name: str
    first_name: str
    email: str
    function: str | None = None
    telephone: str | None = None


def give_information(runtime: Runtime, session_id: UUID, information: Information) -> Step:
    """Sends the code to the address, whoever owns it; it must be entered after the last text. Raises OutOfOrder."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.INFORMATION)
        for name, value in vars(information).items():
            setattr(account, "unconfirmed_email" if name == "email" else name, value)
        account.information_given_at = clock.now()
        account.version += 1
        session.flush()
        email_change.send_code(session, account, information.email)
        record(session, Kind.FIRST_SIGN_IN_INFORMATION, account.id)
        return advance_session(session, opened, account, Trigger.INFORMATION_GIVEN)


def confirm_email(runtime: Runtime, session_id: UUID, typed: str) -> Step:
    """Raises OutOfOrder, or Invalid as `email_change.confirm_change`."""
    with runtime.read_only() as session:
        _, account = found_at(session, session_id, Step.EMAIL)
    email_change.confirm_change(runtime, account.id, typed)
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.EMAIL)
        return advance_session(session, opened, account, Trigger.EMAIL_CONFIRMED)


def send_code_again(runtime: Runtime, session_id: UUID, email: str) -> None:
    """To the same address or another one. Raises OutOfOrder, TooManyRequests."""
    with runtime.transaction() as session:
        _, account = locked_at(session, session_id, Step.EMAIL)
        account.unconfirmed_email = email
        if wait := email_change.send_code(session, account, email):
            raise TooManyRequests(ceil(wait.total_seconds()))


def postpone_email(runtime: Runtime, session_id: UUID) -> Step:
    """Continues without a confirmed address, which recovers nothing until confirmed later. Raises OutOfOrder."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.EMAIL)
        return advance_session(session, opened, account, Trigger.EMAIL_POSTPONED)


def choose_password(runtime: Runtime, session_id: UUID, typed: str) -> Step:
    """Consumes the provisional password and ends the other sessions. Raises OutOfOrder, Invalid (also for the current
    password, if the Caf required a change), or Refused if the provisional password was used meanwhile."""
    password = normalise(typed)
    with runtime.read_only() as session:
        _, account = found_at(session, session_id, Step.PASSWORD)
        check_own_password(session, account, password)
    if account.password_change_required_at is not None and hashing.verify(account.password_hash, password):
        raise Invalid([FieldError(pointer="/password", code="same", detail=NOT_THE_SAME)])
    encoded = hashing.hash_password(password)
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, Step.PASSWORD)
        if opened.credential_id is not None:
            _consume_credential(session, opened)
        account.password_hash, account.password_change_required_at = encoded, None
        account.short_password = len(password) < MIN_LENGTH
        account.password_generation += 1
        account.version += 1
        end_other_sessions(session, account.id, opened.id, "password_changed")
        record(session, Kind.FIRST_SIGN_IN_PASSWORD, account.id)
        if account.activated_at is not None:
            # The account was already active: this ends a recovery or a required change.
            notify(session, account, Notice.PASSWORD_CHANGED)
        return advance_session(session, opened, account, Trigger.PASSWORD_CHOSEN)


def accept_text(runtime: Runtime, session_id: UUID, step: Step, version: int) -> Step:
    """Stores a dated consent to the version shown. Raises OutOfOrder, or Invalid if it is no longer current."""
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, step)
        if version != current(step, clock.today()).version:
            detail = "Ce texte vient de changer. Lisez la nouvelle version avant de l’accepter."
            raise Invalid([FieldError(pointer="/accepted", code="version", detail=detail)])
        consent = {"document": step.value, "document_version": version, "accepted_at": clock.now()}
        # If it was already given in another browser, the first date is kept.
        insert_new(session, Consent, {"id": ids.new_id(), "account_id": account.id, **consent})
        record(
            session, Kind.CONSENT, account.id, session_id=opened.id, details={"text": step.value, "version": version}
        )
        return advance_session(session, opened, account, _ACCEPTANCE[step])


def _consume_credential(session: Session, opened: SignInSession) -> None:
    """Single use: of several sessions opened with one provisional password, only one succeeds. Raises Refused."""
    used = session.scalar(
        update(Credential)
        .where(Credential.id == opened.credential_id, Credential.used_at.is_(None), Credential.replaced_at.is_(None))
        .values(used_at=clock.now(), sent_to=None)
        .returning(Credential.id)
    )
    if used is None:
        raise Refused(Refusal.PROVISIONAL_USED)
