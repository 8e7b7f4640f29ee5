"""Accounts an agent may act on, as a condition of every query. Permissions come from rows, not from the token."""

from uuid import UUID

from chassis.db import any_row
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from identity.models import Account, UserNumber
from identity.sessions.suspension import suspended


def supervised(agent_id: UUID) -> ColumnElement[bool]:
    """Accounts of landlords known to the agent's own Caf; for a supervisor all, agents included; never one's own.

    A suspended or closed agent acts on nobody, even with a valid token.
    """
    agent = aliased(Account)
    of_caf = or_(
        Account.caf_code == agent.caf_code,
        any_row(
            UserNumber, UserNumber.organisation_id == Account.organisation_id, UserNumber.caf_code == agent.caf_code
        ),
    )
    acting = any_row(
        agent,
        agent.id == agent_id,
        agent.kind == "agent",
        agent.closed_at.is_(None),
        ~suspended(agent),
        or_(agent.supervisor, and_(Account.kind == "landlord", of_caf)),
    )
    return and_(Account.id != agent_id, acting)


def supervised_account(session: Session, agent_id: UUID, account_id: UUID) -> Account:
    """Locks the account. Raises NotFound if it is outside the perimeter or does not exist."""
    mine = select(Account).where(Account.id == account_id, supervised(agent_id))
    found = session.scalar(mine.with_for_update(of=Account).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def supervised_accounts(session: Session, agent_id: UUID, organisation_id: UUID) -> list[Account]:
    """The organisation's accounts not closed, locked in a fixed order. Raises NotFound outside the perimeter."""
    mine = select(Account).where(Account.organisation_id == organisation_id, supervised(agent_id))
    ordered = mine.where(Account.closed_at.is_(None)).order_by(Account.id).with_for_update(of=Account)
    found = list(session.scalars(ordered.execution_options(populate_existing=True)))
    if not found:
        raise NotFound
    return found
