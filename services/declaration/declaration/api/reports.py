"""« Mon locataire n’est pas dans la liste », « ce locataire n’est plus le mien »."""

from typing import Any
from uuid import UUID

from chassis.http import agent, caller, landlord, reading, transaction
from chassis.idempotency import idempotent

from declaration.domain.reports import Act
from declaration.reports import reading as reports
from declaration.reports import writing


def list_reports(
    state: str | None = None, declaration: str | None = None, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    with reading() as session:
        return reports.page(session, caller(), state, declaration, cursor, limit)


def get_report(report_id: str) -> dict[str, Any]:
    with reading() as session:
        return reports.one(session, reports.find(session, caller(), UUID(report_id)))


@idempotent
def send_report(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    with transaction() as session:
        report, new = writing.send(session, landlord(), body)
        return reports.one(session, report), 201 if new else 200


@idempotent
def take_report(report_id: str) -> dict[str, Any]:
    with transaction() as session:
        report = reports.find(session, agent(), UUID(report_id), change=True)
        writing.act(session, agent(), report, Act.TAKE)
        return reports.one(session, report)


@idempotent
def answer_report(report_id: str, body: dict[str, Any]) -> dict[str, Any]:
    with transaction() as session:
        report = reports.find(session, agent(), UUID(report_id), change=True)
        writing.act(session, agent(), report, Act(body["outcome"]), body.get("answer") or "")
        return reports.one(session, report)
