"""« Mes informations »: what a person corrects of themselves once signed in; the e-mail has its own way."""

from dataclasses import dataclass
from uuid import UUID

from chassis.problems import NotFound
from sqlalchemy.orm import Session

from identity import publishes
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account


@dataclass(frozen=True, kw_only=True)
class Personal:
    """Already normalised."""

    civility: str
    last_name: str
    first_name: str
    function: str | None = None
    telephone: str | None = None


def correct(session: Session, account_id: UUID, given: Personal) -> list[str]:
    """The names of what changed, also told to who keeps it. Raises NotFound for a closed account or one that has not
    given its information yet."""
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.closed_at is not None or account.information_given_at is None:
        raise NotFound
    changed = [name for name, value in vars(given).items() if getattr(account, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(account, name, getattr(given, name))
    account.version += 1
    session.flush()
    # Which, never what: the journal outlives the account.
    record(session, Kind.INFORMATION_CORRECTED, account.id, details={"fields": changed})
    publishes.account_changed(session, account)
    return changed
