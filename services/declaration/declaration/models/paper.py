"""Attestations on paper, as agents type them."""

from datetime import date, datetime
from uuid import UUID

from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from declaration.domain.draft import StoredDraft
from declaration.models.base import Base

BEING_TYPED = text("state = 'typing'")


class PaperReturn(Base):
    """The content of one paper, kept apart from the landlord's own draft until an agent files it."""

    __tablename__ = "paper_return"
    __table_args__ = (
        # Two agents who open the same envelope share one attestation.
        Index(
            "uq_paper_return_being_typed",
            "declaration_id",
            unique=True,
            postgresql_where=BEING_TYPED,
            sqlite_where=BEING_TYPED,
        ),
        Index(None, "caf_code", "state", "id"),
        Index(None, "declaration_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("rent_declaration.id"))
    caf_code: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10))
    # French day of the mail room's stamp.
    received_on: Mapped[date]
    # Day of the postmark, which decides the late mark; None when unreadable, or handed in at the desk.
    posted_on: Mapped[date | None]
    draft: Mapped[StoredDraft]
    # Increases with each change of the row: its ETag.
    revision: Mapped[int]
    # Reason for discarding it, or for replacing what had been declared.
    reason: Mapped[str | None] = mapped_column(String(500))
    # The version made from it.
    version: Mapped[int | None]
    # The landlord's online draft, begun and not transmitted when the paper was filed.
    set_aside: Mapped[StoredDraft | None]
    typed_by: Mapped[str] = mapped_column(String(100))
    begun_at: Mapped[datetime]
    # None while nobody has saved since.
    saved_by: Mapped[str | None] = mapped_column(String(100))
    saved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
