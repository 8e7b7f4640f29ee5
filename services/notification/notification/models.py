"""The tables: messages, their state transitions, print batches, contacts and landlords."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock, ids
from chassis.account_status import with_account_status
from chassis.db import TYPES, Sequence, service_metadata
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from notification.domain.states import State

# The claim query and its partial index must use the same expression for PostgreSQL to use the index.
TO_SEND = text("channel = 'email' AND state IN ('waiting', 'sending')")
UNPRINTABLE = text("address_problem IS NOT NULL")


class Base(DeclarativeBase):
    metadata = with_account_status(service_metadata())
    type_annotation_map = TYPES


class Message(Base):
    """One message per act and channel: `act` is why it exists, so a replayed event creates no second one.

    `secret` is sealed for this service alone; it is erased in any final state, as are address and variables."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("act", "channel"),
        Index("ix_message_due", "rank", "next_attempt_at", postgresql_where=TO_SEND, sqlite_where=TO_SEND),
        Index("ix_message_caf_code_id", "caf_code", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    act: Mapped[str] = mapped_column(String(200))
    template: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(100))
    caf_code: Mapped[str | None] = mapped_column(String(3))
    # The landlord concerned; finds the messages that wait for a corrected address.
    user_number: Mapped[str | None] = mapped_column(String(14), index=True)
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    landlord_id: Mapped[UUID | None] = mapped_column(index=True)
    declaration_id: Mapped[UUID | None] = mapped_column()
    recipient_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    # SHA-256 of the e-mail address: remembers a bounce once the address itself is erased.
    email_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    address: Mapped[list[str]] = mapped_column()
    abroad: Mapped[bool] = mapped_column(default=False)
    # Any: JSON, of the types that the table of messages declares.
    variables: Mapped[dict[str, Any]] = mapped_column()
    secret: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column()
    act_at: Mapped[datetime] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column()
    rank: Mapped[int]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=clock.now)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    storage_key: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    pages: Mapped[int | None] = mapped_column()
    composed_at: Mapped[datetime | None] = mapped_column()
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_batch.id"), index=True)
    position: Mapped[int | None] = mapped_column()

    @property
    def status(self) -> State:
        return State(self.state)


class StateTransition(Base):
    """A message's change of state; append-only."""

    __tablename__ = "state_transition"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime] = mapped_column()
    event: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(100))


class PrintBatch(Base):
    """A print batch: letters of one series, one Caf and one destination, ordered by `position`.

    `planned`: letters chosen, the archive may not exist yet. `ready`: the printer can take it.
    `acknowledged`: the printer has it, the content is erased."""

    __tablename__ = "letter_batch"
    __table_args__ = (Index("ix_letter_batch_caf_code_id", "caf_code", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    series: Mapped[str] = mapped_column(String(20))
    caf_code: Mapped[str | None] = mapped_column(String(3))
    abroad: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), index=True)
    made_at: Mapped[datetime] = mapped_column()
    print_from: Mapped[datetime] = mapped_column()
    letters: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    storage_key: Mapped[str | None] = mapped_column(String(200))
    acknowledged_at: Mapped[datetime | None] = mapped_column()
    acknowledged_by: Mapped[UUID | None] = mapped_column()


class Contact(Base):
    """What a person gave at first sign-in: the address for their recap messages."""

    __tablename__ = "contact"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    version: Mapped[int] = mapped_column()


class Landlord(Base):
    """A landlord by the Caf's registry: its addresses, and why no letter can be printed there.

    `address_problem`: an `AddressProblem`, None when a letter can be printed."""

    __tablename__ = "landlord"
    __table_args__ = (
        Index("ix_landlord_user_number", "user_number"),
        Index("ix_landlord_address_problem", "caf_code", "id", postgresql_where=UNPRINTABLE, sqlite_where=UNPRINTABLE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column()
    caf_code: Mapped[str] = mapped_column(String(3))
    user_number: Mapped[str] = mapped_column(String(14))
    name: Mapped[str] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(320))
    address: Mapped[list[str]] = mapped_column()
    address_problem: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int] = mapped_column()
    # The number of agents' acts that moved it to another company or Caf; nothing else moves it.
    moves: Mapped[int] = mapped_column(default=0, server_default="0")


class AdministratorTerm(Base):
    """The administrator of an organisation, whose confirmed address gets its messages."""

    __tablename__ = "administrator_term"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    active: Mapped[bool] = mapped_column()
    version: Mapped[int] = mapped_column()
