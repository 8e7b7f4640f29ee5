"""Closing an account: access ends immediately, personal data is erased after a delay."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from identity import publishes
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, Credential, EmailChange, Passkey, RecoveryCode, TotpFactor
from identity.sessions.commands import end_other_sessions
from identity.settings import settings_of

_BATCH = 100


class Reason(StrEnum):
    WITHDRAWN = "withdrawn"
    CAF = "caf"


def close(session: Session, account_id: UUID, reason: Reason, *, actor: UUID | str, act_id: UUID | None = None) -> bool:
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


def erase_closed(runtime: Runtime) -> int:
    """Erases personal data after the delay and returns the number of accounts. Consents and journal are kept."""
    before = clock.now() - timedelta(days=settings_of(runtime).closed_account_days)
    due = (Account.closed_at < before, Account.erased_at.is_(None))
    with runtime.transaction() as session:
        oldest = select(Account).where(*due).order_by(Account.closed_at).limit(_BATCH)
        accounts = session.scalars(oldest.with_for_update(skip_locked=True)).all()
        for account in accounts:
            _erase(session, account)
    return len(accounts)


def _erase(session: Session, account: Account) -> None:
    for name in ("civility", "last_name", "first_name", "function", "telephone", "contact_email", "bounced_email"):
        setattr(account, name, None)
    account.contact_name, account.contact_address = "", []
    account.erased_at = clock.now()
    for table in (Credential, TotpFactor, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account.id))
    record(session, Kind.ACCOUNT_ERASED, account.id, actor="system")
