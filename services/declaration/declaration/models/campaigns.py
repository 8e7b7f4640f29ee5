"""Campaigns of one Caf and year, and the landlords asked."""

from datetime import date, datetime
from uuid import UUID

from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from declaration.api_types.campaigns import Contact
from declaration.models.base import Base


class Campaign(Base):
    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("caf_code", "year"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    caf_code: Mapped[str] = mapped_column(String(3))
    year: Mapped[int]
    phase: Mapped[str] = mapped_column(String(10))
    opens_on: Mapped[date]
    deadline: Mapped[date]
    cut_off: Mapped[date]
    # ISO days on which landlords who have not finished are reminded.
    reminders: Mapped[list[str]]
    # Declarations by state once the cut-off had passed; null before.
    unfinished: Mapped[dict[str, int] | None]
    # The Caf's service as printed on letters and recaps: name, telephone, address, reference.
    contact: Mapped[Contact]


class DeclarationRequest(Base):
    """A landlord to ask in a campaign: one message, however many tenants."""

    __tablename__ = "declaration_request"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    landlord_id: Mapped[UUID] = mapped_column(ForeignKey("landlord.id"), primary_key=True)
    asked_at: Mapped[datetime | None] = mapped_column(index=True)
    # The day of the last reminder for which this landlord was checked.
    reminded_for: Mapped[date | None]
    # The day of the reminder that was requested and can still be withdrawn.
    written_for: Mapped[date | None]


_UNDER_WAY = text("ended_at IS NULL")


class NationalOpening(Base):
    """A supervisor's request to open a year's campaigns of all Cafs, in the background; one at a time per year."""

    __tablename__ = "national_opening"
    __table_args__ = (
        Index(
            "uq_national_opening_under_way",
            "year",
            unique=True,
            postgresql_where=_UNDER_WAY,
            sqlite_where=_UNDER_WAY,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    worker: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class NationalOpeningLine(Base):
    """One Caf of it: its outcome, written in the transaction that opened its campaign."""

    __tablename__ = "national_opening_line"

    opening_id: Mapped[UUID] = mapped_column(ForeignKey("national_opening.id"), primary_key=True)
    caf_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    # Counts of the opening: declarations, not_concerned, landlords; empty for a Caf that was not opened.
    made: Mapped[dict[str, int]]
