"""Landlords' reports on their lists of tenants, and their state transitions."""

from datetime import date, datetime
from uuid import UUID

from chassis.db import Sequence
from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from declaration.models.base import Base

UNSETTLED = text("state IN ('received', 'in_progress')")


class TenantReport(Base):
    """A report to the Caf; it does not change any declaration itself."""

    __tablename__ = "tenant_report"
    __table_args__ = (
        # When two people report the same thing, the second gets the first's report.
        Index(
            "uq_tenant_report_unsettled", "likeness", unique=True, postgresql_where=UNSETTLED, sqlite_where=UNSETTLED
        ),
        Index(None, "caf_code", "id"),
        Index(None, "organisation_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(15))
    landlord_id: Mapped[UUID] = mapped_column(ForeignKey("landlord.id"))
    organisation_id: Mapped[UUID]
    caf_code: Mapped[str] = mapped_column(String(3))
    housing_type: Mapped[str] = mapped_column(String(20))
    departement: Mapped[str] = mapped_column(String(3))
    commune_insee: Mapped[str] = mapped_column(String(5))
    declaration_id: Mapped[UUID | None] = mapped_column(ForeignKey("rent_declaration.id"), index=True)
    tenant_last_name: Mapped[str] = mapped_column(String(100))
    tenant_first_name: Mapped[str] = mapped_column(String(100))
    address: Mapped[list[str]]
    # The day of departure or sale.
    happened_on: Mapped[date | None]
    comment: Mapped[str] = mapped_column(String(1000))
    answer: Mapped[str | None] = mapped_column(String(1000))
    likeness: Mapped[str] = mapped_column(String(64))
    reported_at: Mapped[datetime]


class ReportTransition(Base):
    """Each change of state of a report: who and when. Append-only."""

    __tablename__ = "report_transition"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("tenant_report.id"), index=True)
    from_state: Mapped[str | None] = mapped_column(String(15))
    to_state: Mapped[str] = mapped_column(String(15))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
