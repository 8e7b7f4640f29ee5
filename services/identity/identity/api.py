"""Handlers of the operations in ``openapi.yaml``: parse, call, format."""

from typing import Any
from uuid import UUID

from chassis import http
from chassis.http import caller, read_only, transaction
from chassis.problems import NotFound
from flask import Response, request

from identity import schemas
from identity.accounts import activity, information, recovery
from identity.client_address import client_address
from identity.domain.credentials import Purpose
from identity.models import Account
from identity.sessions import reauthentication
from identity.sessions.commands import end_own_other_sessions, end_own_session
from identity.sessions.queries import open_sessions
from identity.settings import settings_of

_ACCEPTED = {"detail": "Si ces informations sont connues, un message part à l’adresse que la Caf connaît."}


def get_me() -> dict[str, Any]:
    with read_only() as session:
        account = session.get(Account, caller().sub)
        if account is None:
            raise NotFound
        return schemas.account_to_json(account)


def correct_me(body: dict[str, Any]) -> dict[str, Any]:
    given = schemas.personal_of(body)
    with transaction() as session:
        information.correct_by_program(session, caller(), given)
        return schemas.account_to_json(session.get_one(Account, caller().sub))


def list_my_sessions() -> dict[str, Any]:
    me = caller()
    with read_only() as session:
        return {"items": [schemas.session_to_json(one, me.sid) for one in open_sessions(session, me.sub)]}


def end_my_other_sessions() -> dict[str, Any]:
    me = caller()
    with transaction() as session:
        reauthentication.require(session, settings_of(http.runtime()), me.sub, me.sid)
        return {"ended": end_own_other_sessions(session, me.sub, UUID(me.sid))}


def end_my_session(session_id: str) -> tuple[None, int]:
    me = caller()
    with transaction() as session:
        reauthentication.require(session, settings_of(http.runtime()), me.sub, me.sid)
        end_own_session(session, me.sub, UUID(session_id))
    return None, 204


def list_my_activity(cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    with read_only() as session:
        return activity.page(session, caller().sub, cursor, limit)


def export_my_activity(format: str = "json") -> Response:
    with read_only() as session:
        items = activity.everything(session, caller().sub)
    return activity.as_file(items, format)


def recover_identifier(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return _recover(Purpose.IDENTIFIER_RECOVERY, schemas.user_number_of(body))


def recover_password(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return _recover(Purpose.PASSWORD_RECOVERY, schemas.email_of(body))


def _recover(purpose: Purpose, subject: str) -> tuple[dict[str, Any], int]:
    with transaction() as session:
        recovery.ask(session, purpose, subject, client_address(request))
    return _ACCEPTED, 202
