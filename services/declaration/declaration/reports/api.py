"""« Mon locataire n’est pas dans la liste », « ce locataire n’est plus le mien »."""

from uuid import UUID

from chassis.http import agent, caller, landlord, read_only, transaction
from chassis.idempotency import idempotent

from declaration.api_types.reports import AnswerReportBody, ListReportsAnswer, NewTenantReport, TenantReport
from declaration.domain.reports import Trigger
from declaration.reports import commands
from declaration.reports import queries as reports


def list_reports(
    state: str | None = None, declaration: str | None = None, cursor: str | None = None, limit: int = 50
) -> ListReportsAnswer:
    with read_only() as session:
        return reports.page(session, caller(), state, declaration, cursor, limit)


def get_report(report_id: str) -> TenantReport:
    with read_only() as session:
        return reports.one(session, reports.find(session, caller(), UUID(report_id)))


@idempotent
def send_report(body: NewTenantReport) -> tuple[TenantReport, int]:
    with transaction() as session:
        report, new = commands.send(session, landlord(), body)
        return reports.one(session, report), 201 if new else 200


@idempotent
def take_report(report_id: str) -> TenantReport:
    with transaction() as session:
        report = reports.find(session, agent(), UUID(report_id), change=True)
        commands.act(session, agent(), report, Trigger.TAKE)
        return reports.one(session, report)


@idempotent
def answer_report(report_id: str, body: AnswerReportBody) -> TenantReport:
    with transaction() as session:
        report = reports.find(session, agent(), UUID(report_id), change=True)
        commands.act(session, agent(), report, Trigger(body["outcome"]), body.get("answer") or "")
        return reports.one(session, report)
