"""The operations of the Caf's agents on accounts and organisations: parse, call, show."""

from typing import Any
from uuid import UUID

from chassis.http import agent, reading, transaction
from chassis.idempotency import idempotent

from identity.supervision import acts, journal, looking


def search_accounts(body: dict[str, Any]) -> dict[str, Any]:
    with reading() as session:
        wanted = looking.criterion_of(body)
        return looking.search(session, agent(), wanted, body.get("cursor"), body.get("limit", 20))


def get_account(account_id: str) -> dict[str, Any]:
    with reading() as session:
        return looking.detail(session, agent(), UUID(account_id))


def list_account_activity(account_id: str, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    with reading() as session:
        return journal.page(session, agent(), UUID(account_id), cursor, limit)


@idempotent
def suspend_account(account_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        acts.suspend(session, agent(), UUID(account_id), body["reason"])
        return looking.detail(session, agent(), UUID(account_id))


@idempotent
def restore_account(account_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        acts.restore(session, agent(), UUID(account_id), body["reason"])
        return looking.detail(session, agent(), UUID(account_id))


@idempotent
def require_password_change(account_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        acts.require_password_change(session, agent(), UUID(account_id), body["reason"])
        return looking.detail(session, agent(), UUID(account_id))


@idempotent
def suspend_organisation(organisation_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        return {"accounts": acts.suspend_organisation(session, agent(), UUID(organisation_id), body["reason"])}


@idempotent
def restore_organisation(organisation_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        return {"accounts": acts.restore_organisation(session, agent(), UUID(organisation_id), body["reason"])}
