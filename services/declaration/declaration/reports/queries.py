"""Reports that the caller may see, and how they are shown."""

from uuid import UUID

from chassis import clock, pagination, rights
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session

from declaration.api_types.reports import ListReportsAnswer
from declaration.api_types.reports import TenantReport as ShownReport
from declaration.domain.reports import KIND_LABELS, LABELS, Kind, State
from declaration.models import Base, Landlord, TenantReport


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those of the agent's Caf; for a landlord's users, those on dwellings inside their perimeter."""
    if caller.kind == "agent":
        return true() if caller.supervisor else TenantReport.caf_code == caller.caf
    if caller.kind != "landlord" or caller.org is None:
        return false()
    held = rights.held_by(
        caller.sub,
        Base.metadata,
        organisation_id=TenantReport.organisation_id.expression,
        housing_type=TenantReport.housing_type.expression,
        zones=(TenantReport.departement.expression, TenantReport.commune_insee.expression),
    )
    return (TenantReport.organisation_id == caller.org) & held


def find(session: Session, caller: Caller, report_id: UUID, *, change: bool = False) -> TenantReport:
    """Raises NotFound outside the caller's perimeter."""
    statement = select(TenantReport).where(TenantReport.id == report_id, visible(caller))
    found = session.execute(statement.with_for_update() if change else statement).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def page(
    session: Session, caller: Caller, state: str | None, declaration: str | None, cursor: str | None, limit: int
) -> ListReportsAnswer:
    """Newest first for a landlord; oldest first for an agent."""
    inside = [visible(caller)]
    if state:
        inside.append(TenantReport.state == state)
    if declaration:
        inside.append(TenantReport.declaration_id == UUID(declaration))
    total = session.execute(select(func.count()).select_from(TenantReport).where(*inside)).scalar_one()
    oldest_first = caller.kind == "agent"
    if place := pagination.after_id(cursor):
        inside.append(TenantReport.id > place if oldest_first else TenantReport.id < place)
    order = TenantReport.id if oldest_first else TenantReport.id.desc()
    statement = select(TenantReport, Landlord).join(Landlord, Landlord.id == TenantReport.landlord_id)
    found = session.execute(statement.where(*inside).order_by(order).limit(limit + 1)).all()
    rows, following = pagination.page(found, limit, lambda row: (row[0].id,))
    return {"items": [shown(report, landlord) for report, landlord in rows], "total": total, "next_cursor": following}


def one(session: Session, report: TenantReport) -> ShownReport:
    """The report with its landlord."""
    return shown(report, session.get_one(Landlord, report.landlord_id))


def shown(report: TenantReport, landlord: Landlord) -> ShownReport:
    return {
        "id": str(report.id),
        "number": report.number,
        "kind": report.kind,
        "kind_label": KIND_LABELS[Kind(report.kind)],
        "state": report.state,
        "state_label": LABELS[State(report.state)],
        "declaration_id": str(report.declaration_id) if report.declaration_id else None,
        "landlord": {"name": landlord.name, "user_number": landlord.user_number},
        "tenant": {"last_name": report.tenant_last_name, "first_name": report.tenant_first_name},
        "address": report.address,
        "commune_insee": report.commune_insee,
        "housing_type": report.housing_type,
        "happened_on": report.happened_on.isoformat() if report.happened_on else None,
        "comment": report.comment,
        "answer": report.answer,
        "reported_at": clock.iso(report.reported_at),
    }
