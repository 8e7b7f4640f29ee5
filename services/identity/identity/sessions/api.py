"""Handlers of one's own sessions: parse, call, format."""

from uuid import UUID

from chassis import http
from chassis.http import caller, read_only, transaction

from identity.api_types import EndMyOtherSessionsAnswer, ListMySessionsAnswer
from identity.sessions import reauthentication
from identity.sessions.commands import end_own_other_sessions, end_own_session
from identity.sessions.queries import open_sessions, session_to_json
from identity.settings import settings_of


def list_my_sessions() -> ListMySessionsAnswer:
    me = caller()
    with read_only() as session:
        return {"items": [session_to_json(one, me.sid) for one in open_sessions(session, me.sub)]}


def end_my_other_sessions() -> EndMyOtherSessionsAnswer:
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
