"""Erases closed accounts after a delay, and purges changes of e-mail."""

from datetime import timedelta

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, Credential, EmailChange, Passkey, RecoveryCode, TotpFactor
from identity.settings import settings_of

_BATCH = 100
_CHANGES_KEPT = timedelta(days=30)


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


def purge_email_changes(runtime: Runtime) -> None:
    """Purges old changes; clears the typed address as soon as the change has expired."""
    now = clock.now()
    with runtime.transaction() as session:
        over = update(EmailChange).where(EmailChange.ended_at.is_(None), EmailChange.expires_at < now)
        session.execute(over.values(ended_at=now, email=None))
        session.execute(delete(EmailChange).where(EmailChange.expires_at < now - _CHANGES_KEPT))
