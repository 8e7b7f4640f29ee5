"""What is read of an account: its status, its Caf, the texts it has accepted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.problems import AccountClosed, NotFound
from chassis.runtime import Runtime
from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from identity.domain.consents import TEXTS, Text
from identity.domain.first_sign_in import Step
from identity.domain.supervision import Status
from identity.models import Account, Consent, Suspension, UserNumber
from identity.sessions.suspension import suspended

_SUSPENDED = select(Account.id).where(Account.id == bindparam("account_id"), suspended())


def is_suspended(session: Session, account: Account) -> bool:
    """If the account's row is locked, the answer holds until the transaction ends."""
    return session.scalar(_SUSPENDED, {"account_id": account.id}) is not None


# Built once: it runs at each API operation.
_SHUT = select(Account.id).where(
    Account.id == bindparam("account_id"), or_(Account.closed_at.is_not(None), suspended())
)


def admit(runtime: Runtime, claims: Mapping[str, object]) -> None:
    """Admission check of API callers. Raises AccountClosed if the account was suspended or closed since the token was
    issued."""
    if runtime.rows(_SHUT, {"account_id": UUID(str(claims["sub"]))}):
        raise AccountClosed


# Built once: the columns that an account's holder is shown.
_SHOWN = select(
    Account.id,
    Account.organisation_id,
    Account.activated_at,
    Account.email,
    Account.bounced_email,
    Account.login,
    Account.kind,
    Account.caf_code,
    Account.supervisor,
    Account.civility,
    Account.last_name,
    Account.first_name,
    Account.function,
    Account.telephone,
).where(Account.id == bindparam("account_id"))


def shown(runtime: Runtime, account_id: UUID) -> Row[*tuple[Any, ...]]:
    """Raises NotFound."""
    found = runtime.rows(_SHOWN, {"account_id": account_id})
    if not found:
        raise NotFound
    return found[0]


def own_status(session: Session, account: Account) -> Status:
    """The account's own status, regardless of its organisation's suspension."""
    if account.closed_at is not None:
        return Status.CLOSED
    mine = select(Suspension.id).where(Suspension.account_id == account.id, Suspension.ended_at.is_(None))
    return Status.ACTIVE if session.scalar(mine) is None else Status.SUSPENDED


def consents(session: Session, account_id: UUID) -> Sequence[tuple[Text, datetime]]:
    """The texts accepted and when, latest first; older versions are included."""
    mine = select(Consent).where(Consent.account_id == account_id).order_by(Consent.accepted_at.desc(), Consent.id)
    known = {(step, text.version): text for step, texts in TEXTS.items() for text in texts}
    given = [(known.get((Step(one.document), one.document_version)), one.accepted_at) for one in session.scalars(mine)]
    return [(text, at) for text, at in given if text is not None]


def principal_of(session: Session, organisation_id: UUID) -> Account | None:
    """The account that the organisation's user numbers recover; None if it is closed."""
    mine = (Account.organisation_id == organisation_id, Account.principal, Account.closed_at.is_(None))
    return session.scalar(select(Account).where(*mine))


def registering_caf(session: Session, account: Account, user_number: str | None = None) -> str | None:
    """The Caf whose agents see the messages sent to this account: the account's own, else that of the user number
    concerned, else the one that created it. The digits of a user number do not identify the Caf."""
    if account.caf_code or account.organisation_id is None:
        return account.caf_code
    of_number = select(UserNumber.caf_code).where(
        UserNumber.number == user_number, UserNumber.organisation_id == account.organisation_id
    )
    return (user_number and session.scalar(of_number)) or creating_caf(session, account)


def creating_caf(session: Session, account: Account) -> str | None:
    """The Caf whose registry created the account; for one created by a colleague, that of the organisation's first."""
    if account.registry_caf is not None:
        return account.registry_caf
    first = select(Account.registry_caf).where(
        Account.organisation_id == account.organisation_id, Account.registry_caf.is_not(None)
    )
    return session.scalar(first.order_by(Account.created_at, Account.id).limit(1))
