"""What habilitation says of a person's role, and whom a user number therefore recovers."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity.models import Account

ADMINISTRATOR = "administrator"


def follow(session: Session, account_id: UUID, role: str | None, version: int) -> None:
    """Keeps the role of the highest version known; nothing happens for an account that is not here."""
    newer = (Account.id == account_id, Account.role_version < version)
    kept = update(Account).where(*newer).values(role=role, role_version=version).returning(Account.organisation_id)
    organisation_id = session.scalar(kept)
    if organisation_id is not None:
        settle_principal(session, organisation_id)


def settle_principal(session: Session, organisation_id: UUID) -> None:
    """A user number recovers the administrator's account: when the Caf replaces them, it recovers the new one's.

    While nobody is administrator (nobody has signed in yet, or between two), the account that had it keeps it.
    """
    administrator = session.scalar(
        select(Account.id)
        .where(Account.organisation_id == organisation_id, Account.role == ADMINISTRATOR, Account.closed_at.is_(None))
        .order_by(Account.role_version.desc(), Account.id)
        .limit(1)
    )
    if administrator is None:
        return
    principal = update(Account).where(Account.organisation_id == organisation_id)
    others = principal.where(Account.principal, Account.id != administrator)
    # In this order: one principal account an organisation, says the index.
    session.execute(others.values(principal=False).execution_options(synchronize_session=False))
    session.execute(
        principal.where(Account.id == administrator, ~Account.principal)
        .values(principal=True)
        .execution_options(synchronize_session=False)
    )
