"""Handlers of the operations in ``openapi.yaml``: parse, call, format."""

from uuid import UUID

from chassis.http import caller, read_only, runtime, transaction
from chassis.idempotency import idempotent

from habilitation import api_types, delegates, emails, queries, schemas, users


def my_access() -> api_types.Access:
    return schemas.access_to_json(queries.my_access(runtime(), caller()))


def get_organisation(organisation_id: str) -> api_types.Organisation:
    with read_only() as session:
        found = queries.organisation(session, caller(), UUID(organisation_id))
        return {"id": str(found.id), "name": found.name, "kind": found.kind}


def list_groups(organisation_id: str) -> api_types.ListGroupsAnswer:
    with read_only() as session:
        return {"items": queries.groups(session, caller(), UUID(organisation_id))}


def list_zones(organisation_id: str) -> api_types.ListZonesAnswer:
    with read_only() as session:
        return {"items": queries.zones(session, caller(), UUID(organisation_id))}


@idempotent
def create_group(organisation_id: str, body: api_types.NewGroup) -> tuple[api_types.Group, int]:
    new = schemas.NewGroupSchema().load(body)
    with transaction() as session:
        return queries.add_group(session, caller(), UUID(organisation_id), new["label"], new["scopes"]), 201


def list_users(organisation_id: str) -> api_types.ListUsersAnswer:
    with read_only() as session:
        return {"items": users.listed(session, caller(), UUID(organisation_id))}


def create_user(organisation_id: str, body: api_types.NewUser) -> tuple[api_types.User, int]:
    try:
        return _create_user(organisation_id, body)
    except emails.EmailTaken:
        with transaction() as session:
            emails.count_refusal(session, caller(), UUID(organisation_id))
        raise


@idempotent
def _create_user(organisation_id: str, body: api_types.NewUser) -> tuple[api_types.User, int]:
    new = schemas.NewUserSchema().load(body)
    with transaction() as session:
        return users.add(session, caller(), UUID(organisation_id), new), 201


@idempotent
def request_credentials(organisation_id: str, account_id: str) -> tuple[api_types.UserReference, int]:
    with transaction() as session:
        users.request_credentials(session, caller(), UUID(organisation_id), UUID(account_id))
        return {"account_id": account_id}, 202


@idempotent
def withdraw_user(
    organisation_id: str, account_id: str, body: api_types.WithdrawUserBody
) -> tuple[api_types.UserReference, int]:
    with transaction() as session:
        users.withdraw(session, caller(), UUID(organisation_id), UUID(account_id), body.get("reason"))
        return {"account_id": account_id}, 200


@idempotent
def designate_delegate(
    organisation_id: str, account_id: str, body: api_types.NewDelegation
) -> api_types.UserDelegation:
    wanted = schemas.DesignationSchema().load(body)
    with transaction() as session:
        return delegates.designate(session, caller(), UUID(organisation_id), UUID(account_id), wanted)


@idempotent
def withdraw_delegate(
    organisation_id: str, account_id: str, body: api_types.WithdrawDelegateBody
) -> api_types.UserReference:
    with transaction() as session:
        delegates.withdraw(session, caller(), UUID(organisation_id), UUID(account_id), body.get("reason"))
        return {"account_id": account_id}


def list_journal(organisation_id: str, limit: int = 100) -> api_types.ListJournalAnswer:
    with read_only() as session:
        return {"items": queries.journal_lines(session, caller(), UUID(organisation_id), limit)}
