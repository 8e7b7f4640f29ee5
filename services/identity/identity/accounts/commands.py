"""Creates, corrects and closes accounts, and stores their role.

Accounts are created for the Caf's registry, an administrator or a colleague: nobody creates their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Required, TypedDict, Unpack
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.db import upsert
from chassis.problems import Forbidden, NotFound
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from identity import publishes
from identity.domain.credentials import new_login
from identity.domain.first_sign_in import Step
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, Credential, EmailChange
from identity.sessions.commands import end_other_sessions
from identity.sessions.queries import find_open_session


class NewAccount(TypedDict, total=False):
    """What is known of a new account; without a login a random one is drawn."""

    kind: Required[str]
    login: str
    principal: bool
    supervisor: bool
    organisation_id: UUID
    caf_code: str | None
    registry_caf: str
    contact_name: str
    contact_email: str | None
    contact_address: list[str]
    civility: str | None
    last_name: str | None
    first_name: str | None


class LoginTaken(Exception):
    """Another account has the login. If it was random, retrying the whole unit of work draws another one."""


def create_account(session: Session, account_id: UUID, **known: Unpack[NewAccount]) -> Account | None:
    """The new account, or None if it already exists (same id, or the organisation's principal account).

    One statement decides, so that two simultaneous events create one account. Raises LoginTaken.
    """
    login = known.get("login") or new_login()
    row = {**known, "id": account_id, "login": login, "created_at": clock.now()}
    created = session.execute(
        upsert(session, Account).values(row).on_conflict_do_nothing().returning(Account.id)
    ).scalar_one_or_none()
    if created is not None:
        return session.get_one(Account, account_id)
    if session.scalar(select(Account.id).where(Account.login == login, Account.id != account_id)) is not None:
        raise LoginTaken
    return None


@dataclass(frozen=True, kw_only=True)
class Personal:
    """Already normalised."""

    civility: str
    last_name: str
    first_name: str
    function: str | None = None
    telephone: str | None = None


def correct_by_program(session: Session, caller: Caller, given: Mapping[str, str | None]) -> list[str]:
    """As `correct_information`, for an access token. Raises Forbidden if its session has ended, since a token outlives
    it for a while, or if it has none (a program's token)."""
    found = find_open_session(session, UUID(caller.sid)) if caller.sid else None
    if found is None or found[1].id != caller.sub or found[0].step != Step.DONE:
        raise Forbidden("Votre session est fermée. Connectez-vous de nouveau.")
    return correct_information(session, caller.sub, given)


def correct_information(session: Session, account_id: UUID, given: Mapping[str, str | None]) -> list[str]:
    """« Mes informations »: applies `given` (by field name of `Personal`), publishes the change and returns the names
    of changed fields. The e-mail is changed separately.

    Raises NotFound for a closed account or one without information yet.
    """
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.closed_at is not None or account.information_given_at is None:
        raise NotFound
    changed = [name for name, value in given.items() if getattr(account, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(account, name, given[name])
    account.version += 1
    session.flush()
    # Field names, never values: the journal outlives the account.
    record(session, Kind.INFORMATION_CORRECTED, account.id, details={"fields": changed})
    publishes.account_changed(session, account)
    return changed


ADMINISTRATOR = "administrator"


def follow_role(session: Session, account_id: UUID, role: str | None, version: int) -> None:
    """Stores the role if its version is newer; does nothing for an unknown account."""
    newer = (Account.id == account_id, Account.role_version < version)
    kept = update(Account).where(*newer).values(role=role, role_version=version).returning(Account.organisation_id)
    organisation_id = session.scalar(kept)
    if organisation_id is not None:
        settle_principal(session, organisation_id)


def settle_principal(session: Session, organisation_id: UUID) -> None:
    """Makes the administrator's account the principal one, which user numbers recover, also when the Caf replaces them.

    Without an administrator (nobody has signed in yet, or between two), the principal account stays the same.
    """
    administrator = session.scalar(
        select(Account.id)
        .where(Account.organisation_id == organisation_id, Account.role == ADMINISTRATOR, Account.closed_at.is_(None))
        .order_by(Account.role_version.desc(), Account.id)
        .limit(1)
    )
    if administrator is None:
        return
    principal = update(Account).where(Account.organisation_id == organisation_id)
    others = principal.where(Account.principal, Account.id != administrator)
    # In this order: the index allows one principal account per organisation.
    session.execute(others.values(principal=False).execution_options(synchronize_session=False))
    session.execute(
        principal.where(Account.id == administrator, ~Account.principal)
        .values(principal=True)
        .execution_options(synchronize_session=False)
    )


class ClosingReason(StrEnum):
    WITHDRAWN = "withdrawn"
    CAF = "caf"


def close_account(
    session: Session, account_id: UUID, reason: ClosingReason, *, actor: UUID | str, act_id: UUID | None = None
) -> bool:
    """Ends sessions, tokens and credentials, frees the e-mail and publishes the closing; False if there is nothing
    left to close. `act_id`: the agent's supervision row, which holds their reason."""
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.closed_at is not None:
        return False
    now = clock.now()
    account.closed_at, account.closed_reason = now, reason.value
    # Kept until erasure to answer questions about the account; no longer unique, so another account may use it.
    account.contact_email = account.email or account.contact_email
    account.email = account.unconfirmed_email = account.password_hash = account.role = None
    account.principal = False
    account.version += 1
    alive = update(Credential).where(Credential.account_id == account_id, Credential.replaced_at.is_(None))
    session.execute(alive.values(replaced_at=now, sent_to=None).execution_options(synchronize_session=False))
    session.execute(delete(EmailChange).where(EmailChange.account_id == account_id))
    session.flush()
    end_other_sessions(session, account_id, None, "account_closed")
    act = {} if act_id is None else {"act": str(act_id)}
    record(session, Kind.ACCOUNT_CLOSED, account_id, actor=actor, details={"reason": reason.value, **act})
    publishes.account_closed(session, account, now)
    return True
