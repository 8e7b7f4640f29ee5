"""Export batches sent to a Caf, and the Caf's answers."""

from datetime import date, datetime
from uuid import UUID

from chassis.db import Sequence
from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from declaration.api_types.exchange import Manifest
from declaration.models.base import Base

# A refused file may be sent again: the cause may have been ours.
TAKEN = text("status <> 'refused'")


class ExportSeries(Base):
    """Batch numbers of one Caf: its row is locked while a batch is numbered, so that numbers are consecutive."""

    __tablename__ = "export_series"

    caf_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)
    # The last French day whose scheduled export was handled.
    scheduled_on: Mapped[date | None]


class ExportBatch(Base):
    """Versions transmitted and in no earlier batch; the versions with its id are its lines, permanently.

    `planned`: the lines are chosen, the file may not exist yet. `ready`: the Caf can download it. `acknowledged`: the
    Caf has it. `purged`: the file is erased; the manifest and its hash stay, since the next manifest names them.
    """

    __tablename__ = "export_batch"
    __table_args__ = (UniqueConstraint("caf_code", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    caf_code: Mapped[str] = mapped_column(String(3))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(15), index=True)
    lines: Mapped[int]
    lines_done: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(100))
    worker: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    storage_key: Mapped[str] = mapped_column(String(100))
    size: Mapped[int | None]
    manifest: Mapped[Manifest | None]
    manifest_sha256: Mapped[str | None] = mapped_column(String(64))
    ready_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
    purged_at: Mapped[datetime | None]


class AnswerImport(Base):
    """A file of the Caf's answers, its reading position, and its results."""

    __tablename__ = "answer_import"
    __table_args__ = (
        Index(
            "uq_answer_import_caf_code_sha256",
            "caf_code",
            "sha256",
            unique=True,
            postgresql_where=TAKEN,
            sqlite_where=TAKEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    filename: Mapped[str] = mapped_column(String(200))
    storage_key: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    caf_code: Mapped[str] = mapped_column(String(3))
    sent_by: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10), index=True)
    worker: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lines_total: Mapped[int | None]
    lines_done: Mapped[int] = mapped_column(default=0)
    lines_applied: Mapped[int] = mapped_column(default=0)
    lines_unchanged: Mapped[int] = mapped_column(default=0)
    lines_bad: Mapped[int] = mapped_column(default=0)
    landlords_told: Mapped[int] = mapped_column(default=0)
    unknown_columns: Mapped[list[str]]
    refusal: Mapped[str | None] = mapped_column(String(500))
    received_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AnswerImportError(Base):
    __tablename__ = "answer_import_error"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("answer_import.id"), index=True)
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(60))
    rule: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(String(300))
    example: Mapped[str] = mapped_column(String(100))


class CafAnswer(Base):
    """The Caf's latest answer on a transmitted version; the state transitions keep the earlier ones."""

    __tablename__ = "caf_answer"
    __table_args__ = (Index(None, "import_id", "told"),)

    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("rent_declaration.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("answer_import.id"))
    answer: Mapped[str] = mapped_column(String(25))
    reason_code: Mapped[str | None] = mapped_column(String(30))
    text: Mapped[str | None] = mapped_column(String(400))
    answered_at: Mapped[datetime]
    # Whether the landlord's message of this import has been requested.
    told: Mapped[bool]
