"""Creates accounts, for the Caf's registry, an administrator or a colleague: nobody creates their own."""

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import upsert
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.domain.credentials import new_login
from identity.models import Account


class LoginTaken(Exception):
    """Another account has the login. If it was random, retrying the whole unit of work draws another one."""


def create_account(session: Session, account_id: UUID, *, kind: str, **values: Any) -> Account | None:
    """The new account, or None if it already exists (same id, or the organisation's principal account).

    One statement decides, so that two simultaneous events create one account. Raises LoginTaken.
    """
    login = values.pop("login", None) or new_login()
    row = {"id": account_id, "kind": kind, "login": login, "created_at": clock.now(), **values}
    created = session.execute(
        upsert(session, Account).values(row).on_conflict_do_nothing().returning(Account.id)
    ).scalar_one_or_none()
    if created is not None:
        return session.get_one(Account, account_id)
    if session.scalar(select(Account.id).where(Account.login == login, Account.id != account_id)) is not None:
        raise LoginTaken
    return None


def principal_of(session: Session, organisation_id: UUID) -> Account | None:
    """The account that the organisation's user numbers recover; None if it is closed."""
    mine = (Account.organisation_id == organisation_id, Account.principal, Account.closed_at.is_(None))
    return session.scalar(select(Account).where(*mine))
