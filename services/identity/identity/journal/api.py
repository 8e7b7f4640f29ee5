"""Handlers of the holder's activity: parse, call, format."""

from chassis.http import caller, read_only
from flask import Response

from identity.api_types import ListMyActivityAnswer
from identity.journal import export, queries


def list_my_activity(cursor: str | None = None, limit: int = 50) -> ListMyActivityAnswer:
    with read_only() as session:
        return queries.activity_page(session, caller().sub, cursor, limit)


def export_my_activity(format: str = "json") -> Response:
    with read_only() as session:
        items = queries.whole_activity(session, caller().sub)
    return export.as_file(items, format)
