"""Whether an account is suspended, by itself or with its organisation."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import any_row
from chassis.problems import AccountClosed
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from identity import publishes
from identity.domain.supervision import Status
from identity.models import Account, Suspension

# Longer than the lifetime of their tokens.
_TOLD_AGAIN = timedelta(days=1)


def suspended(account: Any = Account) -> ColumnElement[bool]:
    """SQL condition: the account is suspended; `account` is the entity or an alias of it."""
    of_organisation = and_(account.organisation_id.is_not(None), Suspension.organisation_id == account.organisation_id)
    concerned = or_(Suspension.account_id == account.id, of_organisation)
    return any_row(Suspension, Suspension.ended_at.is_(None), concerned)


# Built once: it runs at each sign-in.
_SUSPENDED = select(Account.id).where(Account.id == bindparam("account_id"), suspended())


def is_suspended(session: Session, account: Account) -> bool:
    """If the account's row is locked, the answer holds until the transaction ends."""
    return session.scalar(_SUSPENDED, {"account_id": account.id}) is not None


# Built once: it runs at each API operation.
_SHUT = select(Account.id).where(
    Account.id == bindparam("account_id"), or_(Account.closed_at.is_not(None), suspended())
)


def admit(runtime: Runtime, claims: dict[str, Any]) -> None:
    """Admission check of API callers. Raises AccountClosed if the account was suspended or closed since the token was
    issued."""
    with runtime.read_only() as session:
        if session.scalar(_SHUT, {"account_id": UUID(claims["sub"])}) is not None:
            raise AccountClosed


def own_status(session: Session, account: Account) -> Status:
    """The account's own status, regardless of its organisation's suspension."""
    if account.closed_at is not None:
        return Status.CLOSED
    mine = select(Suspension.id).where(Suspension.account_id == account.id, Suspension.ended_at.is_(None))
    return Status.ACTIVE if session.scalar(mine) is None else Status.SUSPENDED


def tell_agents(runtime: Runtime) -> int:
    """Publishes again which agents are suspended or were closed recently; returns how many.

    For services that subscribed after the first event; the others ignore it.
    """
    with runtime.transaction() as session:
        agents = select(Account).where(Account.kind == "agent")
        shut = session.scalars(agents.where(Account.closed_at.is_(None), suspended())).all()
        for account in shut:
            publishes.account_suspended(session, account, clock.now())
        closed = session.scalars(agents.where(Account.closed_at > clock.now() - _TOLD_AGAIN)).all()
        for account in closed:
            publishes.account_closed(session, account, account.closed_at or clock.now())
    return len(shut) + len(closed)
