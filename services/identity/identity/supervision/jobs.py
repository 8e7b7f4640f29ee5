"""Expires undecided requests, purges reasons, and publishes again which agents have no access."""

from datetime import timedelta

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import delete, select

from identity import publishes
from identity.models import Account, FactorReset, SupervisionAct
from identity.sessions.suspension import suspended
from identity.settings import settings_of
from identity.supervision.factor_resets import expire_requests

# Longer than the lifetime of their tokens.
_PUBLISHED_AGAIN_FOR = timedelta(days=1)


def republish_agent_statuses(runtime: Runtime) -> int:
    """Publishes again which agents are suspended or were closed recently; returns how many.

    For services that subscribed after the first event; the others ignore it.
    """
    with runtime.transaction() as session:
        agents = select(Account).where(Account.kind == "agent")
        suspended_agents = session.scalars(agents.where(Account.closed_at.is_(None), suspended())).all()
        for account in suspended_agents:
            publishes.account_suspended(session, account, clock.now())
        closed = session.scalars(agents.where(Account.closed_at > clock.now() - _PUBLISHED_AGAIN_FOR)).all()
        for account in closed:
            publishes.account_closed(session, account, account.closed_at or clock.now())
    return len(suspended_agents) + len(closed)


def expire_factor_resets(runtime: Runtime) -> int:
    """Expires undecided requests past their deadline; returns how many."""
    with runtime.transaction() as session:
        return expire_requests(session, FactorReset.expires_at <= clock.now())


def purge_reasons(runtime: Runtime) -> None:
    """Purges reasons with the same retention as the journal lines that refer to them."""
    before = clock.now() - settings_of(runtime).security_journal_kept
    with runtime.transaction() as session:
        session.execute(delete(SupervisionAct).where(SupervisionAct.at < before))
