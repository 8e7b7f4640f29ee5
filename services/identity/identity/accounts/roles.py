"""Stores the role published by habilitation, and derives which account a user number recovers."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity.models import Account

ADMINISTRATOR = "administrator"


def follow(session: Session, account_id: UUID, role: str | None, version: int) -> None:
    """Stores the role if its version is newer; does nothing for an unknown account."""
    newer = (Account.id == account_id, Account.role_version < version)
    kept = update(Account).where(*newer).values(role=role, role_version=version).returning(Account.organisation_id)
    organisation_id = session.scalar(kept)
    if organisation_id is not None:
        settle_principal(session, organisation_id)


def settle_principal(session: Session, organisation_id: UUID) -> None:
    """Makes the administrator's account the principal one, which user numbers recover, also when the Caf replaces them.

    Without an administrator (nobody has signed in yet, or between two), the principal account stays the same.
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
    # In this order: the index allows one principal account per organisation.
    session.execute(others.values(principal=False).execution_options(synchronize_session=False))
    session.execute(
        principal.where(Account.id == administrator, ~Account.principal)
        .values(principal=True)
        .execution_options(synchronize_session=False)
    )
