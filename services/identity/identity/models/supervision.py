"""Decisions of the Caf's agents on accounts and organisations, each with its reason."""

from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from identity.models.base import Base

_OPEN = text("ended_at IS NULL")


class Suspension(Base):
    """Suspends an account or a whole organisation: an account is suspended while either kind is open."""

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (organisation_id IS NULL)", name="of_one"),
        Index("uq_suspension_account", "account_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("uq_suspension_organisation", "organisation_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SupervisionAct(Base):
    """An agent's action with its reason. The reason is typed text: it is stored here, the journal has only the id."""

    __tablename__ = "supervision_act"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(60))
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    organisation_id: Mapped[UUID | None]
    agent_id: Mapped[UUID]
    caf_code: Mapped[str | None] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text)


REQUESTED = text("state = 'requested'")
NATIONALLY = text("state = 'requested' AND caf_code IS NULL")


class FactorReset(Base):
    """A request to reset a lost second factor: another agent of the same Caf decides, or it expires."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        # Unique per Caf: a Caf does not see another's requests; supervisors have no Caf.
        Index(
            "uq_factor_reset_requested",
            "account_id",
            "caf_code",
            unique=True,
            postgresql_where=REQUESTED,
            sqlite_where=REQUESTED,
        ),
        Index(
            "uq_factor_reset_requested_nationally",
            "account_id",
            unique=True,
            postgresql_where=NATIONALLY,
            sqlite_where=NATIONALLY,
        ),
        # Two different agents, whatever code writes to the table.
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_agents"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID]
    # The requesting agent's Caf; the deciding agent belongs to it too.
    caf_code: Mapped[str | None] = mapped_column(String(3))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
