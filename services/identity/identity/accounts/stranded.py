"""Accounts whose credentials never arrived: the Caf's address was wrong for longer than a password is valid."""

from uuid import UUID

from chassis import clock
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import reaching
from identity.accounts.issuing import issue_and_send
from identity.accounts.registration import principal_of
from identity.domain.credentials import Purpose
from identity.models import Credential


def issue_again(session: Session, organisation_id: UUID, user_number: str) -> None:
    """Reissues credentials after the Caf corrected the address, unless the account was opened or the previous password
    is still valid (notification then releases the waiting messages)."""
    account = principal_of(session, organisation_id)
    if account is None or account.activated_at is not None or account.password_hash is not None:
        return
    alive = select(Credential.id).where(
        Credential.account_id == account.id, Credential.replaced_at.is_(None), Credential.expires_at > clock.now()
    )
    if session.scalar(alive.limit(1)) is None:
        recipient, number = reaching.by_its_caf(session, account, user_number)
        issue_and_send(session, account, Purpose.REISSUE, recipient, user_number=number)
