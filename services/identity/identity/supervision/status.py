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

# Longer than any token of theirs lives.
_TOLD_AGAIN = timedelta(days=1)


def suspended(account: Any = Account) -> ColumnElement[bool]:
    """True in a query for the accounts that nothing opens for now; `account` is the entity, or an alias of it."""
    of_organisation = and_(account.organisation_id.is_not(None), Suspension.organisation_id == account.organisation_id)
    concerned = or_(Suspension.account_id == account.id, of_organisation)
    return any_row(Suspension, Suspension.ended_at.is_(None), concerned)


# Built once: each sign-in asks.
_SUSPENDED = select(Account.id).where(Account.id == bindparam("account_id"), suspended())


def is_suspended(session: Session, account: Account) -> bool:
    """Asked with the account's row locked, it stays true or false until the transaction ends."""
    return session.scalar(_SUSPENDED, {"account_id": account.id}) is not None


# Built once: each operation of the API asks.
_SHUT = select(Account.id).where(
    Account.id == bindparam("account_id"), or_(Account.closed_at.is_not(None), suspended())
)


def admit(runtime: Runtime, claims: dict[str, Any]) -> None:
    """Lets the caller of an operation in. Raises AccountClosed for who was suspended or closed since the token was
    given."""
    with runtime.read_only() as session:
        if session.scalar(_SHUT, {"account_id": UUID(claims["sub"])}) is not None:
            raise AccountClosed


def own_status(session: Session, account: Account) -> Status:
    """Of the account alone: that of its organisation is changed elsewhere."""
    if account.closed_at is not None:
        return Status.CLOSED
    mine = select(Suspension.id).where(Suspension.account_id == account.id, Suspension.ended_at.is_(None))
    return Status.ACTIVE if session.scalar(mine) is None else Status.SUSPENDED


def tell_agents(runtime: Runtime) -> int:
    """Tells the other services again which agents are suspended, or were closed lately; returns how many.

    For services that began to listen after it was told first: what they know already changes nothing there.
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
