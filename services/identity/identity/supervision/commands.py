"""An agent's actions: each checks the state transition, ends sessions, publishes an event and records the reason."""

from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.db import insert_new
from chassis.ids import new_id
from chassis.problems import Conflict
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from identity import publishes
from identity.accounts.commands import ClosingReason, close_account
from identity.accounts.notices import Notice, notify
from identity.accounts.queries import is_suspended, own_status
from identity.domain.security_events import Kind
from identity.domain.supervision import SOLE_ACCESS, Trigger, after, checked_reason, sole_access
from identity.journal import record
from identity.models import Account, SupervisionAct, Suspension
from identity.sessions.commands import end_other_sessions
from identity.supervision.perimeter import supervised_account, supervised_accounts


def suspend(session: Session, caller: Caller, account_id: UUID, reason: str) -> None:
    """Also ends sessions and tokens. Raises NotFound, Conflict, Invalid, as all actions do."""
    account, why = supervised_account(session, caller.sub, account_id), checked_reason(reason)
    after(own_status(session, account), Trigger.SUSPEND)
    _open(session, account_id=account.id)
    _close_down(session, account, record_action(session, caller, Kind.ACCOUNT_SUSPENDED, why, account=account), caller)


def restore(session: Session, caller: Caller, account_id: UUID, reason: str) -> None:
    """An account of a suspended organisation stays suspended until the organisation is restored."""
    account, why = supervised_account(session, caller.sub, account_id), checked_reason(reason)
    after(own_status(session, account), Trigger.RESTORE)
    _end(session, Suspension.account_id == account.id)
    _open_up(session, account, record_action(session, caller, Kind.ACCOUNT_RESTORED, why, account=account), caller)


def suspend_organisation(session: Session, caller: Caller, organisation_id: UUID, reason: str) -> int:
    """Suspends all its accounts, including future ones; returns how many there are now."""
    accounts, why = supervised_accounts(session, caller.sub, organisation_id), checked_reason(reason)
    _open(session, organisation_id=organisation_id)
    act_id = record_action(session, caller, Kind.ACCOUNT_SUSPENDED, why, organisation_id=organisation_id)
    for account in accounts:
        _close_down(session, account, act_id, caller)
    return len(accounts)


def restore_organisation(session: Session, caller: Caller, organisation_id: UUID, reason: str) -> int:
    """Individually suspended accounts stay suspended; returns how many accounts there are."""
    accounts, why = supervised_accounts(session, caller.sub, organisation_id), checked_reason(reason)
    if not _end(session, Suspension.organisation_id == organisation_id):
        raise Conflict("Cet organisme n’est pas suspendu.")
    act_id = record_action(session, caller, Kind.ACCOUNT_RESTORED, why, organisation_id=organisation_id)
    for account in accounts:
        _open_up(session, account, act_id, caller)
    return len(accounts)


def require_password_change(session: Session, caller: Caller, account_id: UUID, reason: str) -> None:
    """From now on the current password only serves to choose another one."""
    account, why = supervised_account(session, caller.sub, account_id), checked_reason(reason)
    after(own_status(session, account), Trigger.REQUIRE_PASSWORD_CHANGE)
    if account.password_hash is None:
        raise Conflict("Cette personne n’a pas encore choisi de mot de passe.")
    account.password_change_required_at = clock.now()
    session.flush()
    end_other_sessions(session, account.id, None, "password_change")
    act_id = record_action(session, caller, Kind.PASSWORD_CHANGE_REQUIRED, why, account=account)
    _note(session, Kind.PASSWORD_CHANGE_REQUIRED, account, act_id, caller)
    notify(session, account, Notice.PASSWORD_CHANGE_REQUIRED)


def close(session: Session, caller: Caller, account_id: UUID, reason: str) -> None:
    """Final. Raises Conflict for the administrator and for the account that gives access to an organisation."""
    account, why = supervised_account(session, caller.sub, account_id), checked_reason(reason)
    after(own_status(session, account), Trigger.CLOSE)
    if sole_access(principal=account.principal, role=account.role):
        raise Conflict(SOLE_ACCESS)
    act_id = record_action(session, caller, Kind.ACCOUNT_CLOSED, why, account=account)
    close_account(session, account.id, ClosingReason.CAF, actor=caller.sub, act_id=act_id)
    notify(session, account, Notice.ACCOUNT_CLOSED)


def _close_down(session: Session, account: Account, act_id: UUID, caller: Caller) -> None:
    end_other_sessions(session, account.id, None, "suspended")
    _announce(session, account)
    _note(session, Kind.ACCOUNT_SUSPENDED, account, act_id, caller)
    notify(session, account, Notice.ACCOUNT_SUSPENDED)


def _open_up(session: Session, account: Account, act_id: UUID, caller: Caller) -> None:
    still_closed = _announce(session, account)
    _note(session, Kind.ACCOUNT_RESTORED, account, act_id, caller)
    if not still_closed:
        notify(session, account, Notice.ACCOUNT_RESTORED)


def _announce(session: Session, account: Account) -> bool:
    """Publishes the account's status under a new version; returns whether it is suspended."""
    account.version += 1
    session.flush()
    closed = is_suspended(session, account)
    (publishes.account_suspended if closed else publishes.account_restored)(session, account, clock.now())
    return closed


def _open(session: Session, *, account_id: UUID | None = None, organisation_id: UUID | None = None) -> None:
    values = {"id": new_id(), "account_id": account_id, "organisation_id": organisation_id, "started_at": clock.now()}
    if not insert_new(session, Suspension, values):
        raise Conflict("Cette suspension est déjà en cours.")


def _end(session: Session, which: ColumnElement[bool]) -> bool:
    ending = update(Suspension).where(which, Suspension.ended_at.is_(None)).values(ended_at=clock.now())
    return session.scalar(ending.returning(Suspension.id)) is not None


def record_action(
    session: Session,
    caller: Caller,
    kind: Kind,
    reason: str,
    *,
    account: Account | None = None,
    organisation_id: UUID | None = None,
) -> UUID:
    """Stores the action with its reason; returns its id, which the journal refers to."""
    act = SupervisionAct(
        id=new_id(),
        at=clock.now(),
        kind=kind.value,
        account_id=account.id if account else None,
        organisation_id=organisation_id,
        agent_id=caller.sub,
        caf_code=caller.caf,
        reason=reason,
    )
    session.add(act)
    session.flush()
    return act.id


def _note(session: Session, kind: Kind, account: Account, act_id: UUID, caller: Caller) -> None:
    record(session, kind, account.id, actor=caller.sub, details={"act": str(act_id)})
