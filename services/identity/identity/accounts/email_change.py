"""Changing the e-mail: a code is sent to the new address, and nothing changes until the person enters it.

The answer is the same whoever owns the address: if another account has confirmed it, an explanation is sent there
instead of the code.
"""

from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

from chassis import clock, ids
from chassis import runtime as runtimes
from chassis.problems import FieldError, Invalid, TooManyRequests
from chassis.runtime import Runtime
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity import publishes
from identity.accounts.notices import Notice, notify
from identity.accounts.queries import registering_caf
from identity.crypto.key_derivation import keyed_digest
from identity.domain.credentials import MOST_TRIES, new_confirmation_code, normalise_code
from identity.domain.identifiers import EMAIL_TAKEN
from identity.domain.security_events import Kind
from identity.domain.throttle import PER_CONFIRMED_ADDRESS, Counter
from identity.journal import record
from identity.models import Account, EmailChange
from identity.settings import settings_of
from identity.throttling import attempts

LIFETIME = timedelta(hours=1)


def request_change(runtime: Runtime, account: Account, email: str) -> None:
    """Sends a code and voids any previous one. Raises Invalid if the address is already the account's, TooManyRequests.

    `email` is normalised, and the person has just reauthenticated.
    """
    if email == account.email:
        detail = "C’est déjà l’adresse de votre compte."
        raise Invalid([FieldError(pointer="/email", code="same", detail=detail)])
    with runtime.transaction() as session:
        wait = send_code(session, account, email)
    if wait:
        raise TooManyRequests(ceil(wait.total_seconds()))


def send_code(session: Session, account: Account, email: str) -> timedelta:
    """Sends the code and returns zero, or sends nothing and returns the wait: each code is a message in a mailbox."""
    counters = (
        Counter(PER_CONFIRMED_ADDRESS, "confirmed address", email),
        Counter(PER_CONFIRMED_ADDRESS, "confirming account", str(account.id)),
    )
    wait = attempts.take(session, counters)
    if not wait:
        _send(session, account, email)
    return wait


def confirm_change(runtime: Runtime, account_id: UUID, typed: str) -> None:
    """Changes the account's address. Raises Invalid if the code is wrong or expired, or if another account has the
    address; five wrong codes void it."""
    with runtime.transaction() as session:
        account = session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
        change = _open_change(session, account_id)
        refused = _refusal(session, change, normalise_code(typed))
        if refused is None and change is not None:
            refused = _take_effect(session, account, change)
    if refused is not None:
        raise refused


def pending_change(session: Session, account_id: UUID) -> EmailChange | None:
    """The pending change, if its code is still valid."""
    change = _open_change(session, account_id)
    return change if change is not None and change.expires_at > clock.now() else None


def _send(session: Session, account: Account, email: str) -> None:
    now, code = clock.now(), new_confirmation_code()
    session.execute(
        update(EmailChange)
        .where(EmailChange.account_id == account.id, EmailChange.ended_at.is_(None))
        .values(ended_at=now, email=None)
    )
    change = EmailChange(
        id=ids.new_id(),
        account_id=account.id,
        email=email,
        code_digest="",
        asked_at=now,
        expires_at=now + LIFETIME,
    )
    change.code_digest = _digest(session, change, code)
    session.add(change)
    session.flush()
    # Same work and same event for an address that another account has: its holder gets an explanation, not the code.
    taken = session.scalar(select(_holder_of(email, account))) is not None
    caf_code = registering_caf(session, account)
    publishes.email_confirmation_asked(session, account, change, code, taken=taken, caf_code=caf_code)
    record(session, Kind.EMAIL_CHANGE_ASKED, account.id)


def _open_change(session: Session, account_id: UUID) -> EmailChange | None:
    mine = select(EmailChange).where(EmailChange.account_id == account_id, EmailChange.ended_at.is_(None))
    return session.scalar(mine.with_for_update())


def _refusal(session: Session, change: EmailChange | None, code: str) -> Invalid | None:
    """Counts a wrong code; the fifth one voids the change."""
    if change is None or change.expires_at <= clock.now():
        return _invalid("over", "Ce code n’est plus valable. Demandez-en un nouveau.")
    if change.code_digest == _digest(session, change, code):
        return None
    change.tries += 1
    if change.tries >= MOST_TRIES:
        change.ended_at, change.email = clock.now(), None
        return _invalid("over", "Il y a eu trop d’essais\u00a0: ce code n’est plus valable. Demandez-en un nouveau.")
    return _invalid("wrong", "Ce n’est pas le code que nous avons envoyé. Vérifiez-le dans le dernier courriel reçu.")


def _take_effect(session: Session, account: Account, change: EmailChange) -> Invalid | None:
    before, address = account.email, change.email
    change.ended_at, change.email = clock.now(), None
    session.flush()
    if session.scalar(select(_holder_of(address, account))) is not None:
        return _invalid("email_taken", EMAIL_TAKEN)
    account.email, account.unconfirmed_email, account.bounced_email = address, None, None
    account.version += 1
    try:
        # Two accounts confirm one address at the same time: the unique column decides.
        session.flush()
    except IntegrityError as error:
        raise _invalid("email_taken", EMAIL_TAKEN) from error
    record(session, Kind.EMAIL_CHANGED if before else Kind.EMAIL_CONFIRMED, account.id)
    publishes.account_changed(session, account)
    if before:
        notify(session, account, Notice.EMAIL_CHANGED, email=before)
        notify(session, account, Notice.EMAIL_CHANGED)
    return None


def _holder_of(email: str | None, account: Account) -> Any:
    """Subquery: the other account that has confirmed the address."""
    return select(Account.id).where(Account.email == email, Account.id != account.id).scalar_subquery()


def _digest(session: Session, change: EmailChange, code: str) -> str:
    return keyed_digest(settings_of(runtimes.of(session)), "email change", str(change.id), code)


def _invalid(code: str, detail: str) -> Invalid:
    return Invalid([FieldError(pointer="/code", code=code, detail=detail)])
