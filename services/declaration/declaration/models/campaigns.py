"""A campaign of one Caf and year, and who was asked."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
    # ISO days on which those who have not finished are reminded.
    reminders: Mapped[list[str]]
    # Declarations by state when the cut-off had passed; null before.
    unfinished: Mapped[dict[str, Any] | None]
    # The Caf's service as printed on letters and receipts: name, telephone, address, reference.
    contact: Mapped[dict[str, Any]]


class Asking(Base):
    """A landlord to ask in a campaign: one message, however many tenants."""

    __tablename__ = "asking"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    landlord_id: Mapped[UUID] = mapped_column(ForeignKey("landlord.id"), primary_key=True)
    asked_at: Mapped[datetime | None] = mapped_column(index=True)
    # The day of the last reminder that this landlord was looked at for.
    reminded_for: Mapped[date | None]
