"""Background work of the supervision."""

from datetime import timedelta

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import select

from identity import publishes
from identity.accounts.queries import suspended
from identity.models import Account

# Longer than the lifetime of their tokens.
_TOLD_AGAIN = timedelta(days=1)


def republish_agent_statuses(runtime: Runtime) -> int:
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
