"""Handlers of the agents' operations on accounts and organisations: parse, call, format."""

from uuid import UUID

from chassis.http import agent, read_only, runtime, transaction
from chassis.idempotency import idempotent

from identity.api_types import (
    AccountsTouched,
    FactorReset,
    ListAccountActivityAnswer,
    ListFactorResetsAnswer,
    Reason,
    SearchAccountsAnswer,
    SearchAccountsBody,
    SupervisedAccount,
)
from identity.domain.supervision import Decision
from identity.supervision import commands, factor_resets, queries


def search_accounts(body: SearchAccountsBody) -> SearchAccountsAnswer:
    with read_only() as session:
        criterion = queries.criterion_of(body)
        return queries.search_accounts(session, agent(), criterion, body.get("cursor"), body.get("limit", 20))


def get_account(account_id: str) -> SupervisedAccount:
    with read_only() as session:
        return queries.account_detail(session, agent(), UUID(account_id))


def list_account_activity(account_id: str, cursor: str | None = None, limit: int = 50) -> ListAccountActivityAnswer:
    with read_only() as session:
        return queries.account_activity(session, agent(), UUID(account_id), cursor, limit)


@idempotent
def suspend_account(account_id: str, body: Reason) -> SupervisedAccount:
    with transaction() as session:
        commands.suspend(session, agent(), UUID(account_id), body["reason"])
        return queries.account_detail(session, agent(), UUID(account_id))


@idempotent
def restore_account(account_id: str, body: Reason) -> SupervisedAccount:
    with transaction() as session:
        commands.restore(session, agent(), UUID(account_id), body["reason"])
        return queries.account_detail(session, agent(), UUID(account_id))


@idempotent
def require_password_change(account_id: str, body: Reason) -> SupervisedAccount:
    with transaction() as session:
        commands.require_password_change(session, agent(), UUID(account_id), body["reason"])
        return queries.account_detail(session, agent(), UUID(account_id))


@idempotent
def close_account(account_id: str, body: Reason) -> SupervisedAccount:
    with transaction() as session:
        commands.close(session, agent(), UUID(account_id), body["reason"])
        return queries.account_detail(session, agent(), UUID(account_id))


@idempotent
def suspend_organisation(organisation_id: str, body: Reason) -> AccountsTouched:
    with transaction() as session:
        return {"accounts": commands.suspend_organisation(session, agent(), UUID(organisation_id), body["reason"])}


@idempotent
def restore_organisation(organisation_id: str, body: Reason) -> AccountsTouched:
    with transaction() as session:
        return {"accounts": commands.restore_organisation(session, agent(), UUID(organisation_id), body["reason"])}


@idempotent
def ask_factor_reset(account_id: str, body: Reason) -> tuple[FactorReset, int]:
    with transaction() as session:
        within = factor_resets.time_to_decide(runtime())
        asked = factor_resets.request_reset(session, agent(), UUID(account_id), body["reason"], within=within)
        return factor_resets.to_json(asked, agent()), 201


def list_factor_resets(cursor: str | None = None, limit: int = 50) -> ListFactorResetsAnswer:
    with read_only() as session:
        return factor_resets.pending_requests(session, agent(), cursor, limit)


@idempotent
def approve_factor_reset(account_id: str, reset_id: str, body: Reason) -> FactorReset:
    return _decide(account_id, reset_id, Decision.APPROVE, body["reason"])


@idempotent
def refuse_factor_reset(account_id: str, reset_id: str, body: Reason) -> FactorReset:
    return _decide(account_id, reset_id, Decision.REFUSE, body["reason"])


def _decide(account_id: str, reset_id: str, decision: Decision, reason: str) -> FactorReset:
    with transaction() as session:
        decided = factor_resets.decide(session, agent(), UUID(account_id), UUID(reset_id), decision, reason)
        return factor_resets.to_json(decided, agent())
