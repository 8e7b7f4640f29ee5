"""Reset of a lost second factor by two agents: one requests it, another of the same Caf decides before the deadline."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.db import any_row, insert_new
from chassis.ids import new_id
from chassis.problems import Conflict, Forbidden, NotFound
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, aliased

from identity import api_types
from identity.accounts.notices import Notice, notify
from identity.api_types import FactorResetToDecide, ListFactorResetsAnswer
from identity.domain.security_events import Kind
from identity.domain.supervision import RESET_STATES, Decision, ResetState, checked_reason, sources
from identity.factors.commands import reset_factors
from identity.journal import record
from identity.models import Account, FactorReset
from identity.sessions.protection import has_factor
from identity.settings import settings_of
from identity.supervision.commands import record_action
from identity.supervision.perimeter import supervised, supervised_account

_KINDS = {
    Decision.APPROVE: Kind.FACTOR_RESET_APPROVED,
    Decision.REFUSE: Kind.FACTOR_RESET_REFUSED,
    Decision.EXPIRE: Kind.FACTOR_RESET_EXPIRED,
}
OWN_REQUEST = "Vous avez fait cette demande\u00a0: un autre agent de votre Caf doit la décider."


def request_reset(session: Session, caller: Caller, account_id: UUID, reason: str, *, within: timedelta) -> FactorReset:
    """Raises NotFound, Invalid, or Conflict if there is no factor to remove or a request is already pending."""
    account, why = supervised_account(session, caller.sub, account_id), checked_reason(reason)
    if account.closed_at is not None or not has_factor(session, account.id):
        raise Conflict("Ce compte n’a pas de seconde vérification à retirer.")
    now = clock.now()
    values = {
        "id": new_id(),
        "account_id": account.id,
        "state": ResetState.REQUESTED.value,
        "reason": why,
        "asked_by": caller.sub,
        "caf_code": caller.caf,
        "asked_at": now,
        "expires_at": now + within,
    }
    if not insert_new(session, FactorReset, values):
        raise Conflict("Une demande attend déjà la décision d’un autre agent pour ce compte.")
    act_id = record_action(session, caller, Kind.FACTOR_RESET_ASKED, why, account=account)
    record(session, Kind.FACTOR_RESET_ASKED, account.id, actor=caller.sub, details={"act": str(act_id)})
    # While it is pending, a holder who did not ask for it can object.
    notify(session, account, Notice.FACTOR_RESET_ASKED)
    return session.get_one(FactorReset, values["id"])


def decide(
    session: Session, caller: Caller, account_id: UUID, reset_id: UUID, decision: Decision, reason: str
) -> FactorReset:
    """Only one of two simultaneous decisions succeeds. Raises NotFound, Forbidden for the requester, Conflict if it is
    decided or expired."""
    account, why = supervised_account(session, caller.sub, account_id), checked_reason(reason)
    [(state, following)] = sources(decision).items()
    now = clock.now()
    this = (FactorReset.id == reset_id, FactorReset.account_id == account.id, decidable(caller))
    taken = (
        update(FactorReset)
        .where(*this, FactorReset.asked_by != caller.sub, FactorReset.state == state, FactorReset.expires_at > now)
        .values(state=following.value, decided_by=caller.sub, decided_at=now)
        .returning(FactorReset.id)
    )
    if session.scalar(taken.execution_options(synchronize_session=False)) is None:
        raise _why_not(session, caller, this)
    act_id = record_action(session, caller, _KINDS[decision], why, account=account)
    record(session, _KINDS[decision], account.id, actor=caller.sub, details={"act": str(act_id)})
    if decision is Decision.APPROVE:
        reset_factors(session, account.id)
        # Expire other Cafs' requests too: approved later, they would remove factors added meanwhile.
        expire_requests(session, FactorReset.account_id == account.id)
    else:
        notify(session, account, Notice.FACTOR_RESET_REFUSED)
    return session.get_one(FactorReset, reset_id, populate_existing=True)


def decidable(caller: Caller) -> ColumnElement[bool]:
    """Requests of the agent's own Caf about accounts they supervise; for a supervisor, requests of any Caf."""
    mine = any_row(Account, Account.id == FactorReset.account_id, supervised(caller.sub))
    national = any_row(Account, Account.id == caller.sub, Account.supervisor)
    return mine & or_(FactorReset.caf_code == caller.caf, national)


def pending_requests(session: Session, caller: Caller, cursor: str | None, limit: int) -> ListFactorResetsAnswer:
    """Pending requests, oldest first, including the caller's own, so that they see them pending."""
    after = pagination.after_id(cursor)
    # Aliased, because the perimeter condition also uses Account.
    holder = aliased(Account)
    rows = (
        select(FactorReset, holder)
        .join(holder, holder.id == FactorReset.account_id)
        .where(FactorReset.state == ResetState.REQUESTED, FactorReset.expires_at > clock.now(), decidable(caller))
        .order_by(FactorReset.id)
        .limit(limit + 1)
    )
    if after is not None:
        rows = rows.where(FactorReset.id > after)
    shown, following = pagination.page(session.execute(rows).all(), limit, lambda row: (row[0].id,))
    items: list[FactorResetToDecide] = [{**to_json(reset, caller), "name": account.name} for reset, account in shown]
    return {"items": items, "next_cursor": following}


def expire_requests(session: Session, which: ColumnElement[bool]) -> int:
    [(state, following)] = sources(Decision.EXPIRE).items()
    over = update(FactorReset).where(FactorReset.state == state, which)
    ended = over.values(state=following.value, decided_at=clock.now()).returning(FactorReset.account_id)
    accounts = session.scalars(ended.execution_options(synchronize_session=False)).all()
    for account_id in accounts:
        record(session, Kind.FACTOR_RESET_EXPIRED, account_id, actor="system")
    return len(accounts)


def to_json(reset: FactorReset, caller: Caller) -> api_types.FactorReset:
    return {
        "id": str(reset.id),
        "account_id": str(reset.account_id),
        "state": reset.state,
        "state_label": RESET_STATES[ResetState(reset.state)],
        "reason": reset.reason,
        "own": reset.asked_by == caller.sub,
        "asked_at": clock.iso(reset.asked_at),
        "expires_at": clock.iso(reset.expires_at),
        "decided_at": None if reset.decided_at is None else clock.iso(reset.decided_at),
    }


def time_to_decide(runtime: Runtime) -> timedelta:
    return timedelta(hours=settings_of(runtime).factor_reset_hours)


def _why_not(session: Session, caller: Caller, this: Sequence[ColumnElement[bool]]) -> Exception:
    found = session.scalar(select(FactorReset).where(*this))
    if found is None:
        return NotFound()
    if found.asked_by == caller.sub:
        return Forbidden(OWN_REQUEST)
    return Conflict("Cette demande est déjà décidée, ou son délai est passé.")
