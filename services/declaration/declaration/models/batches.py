"""Several tenants at once: declaration imports with their lines, and batch transmissions."""

from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from declaration.api_types.many_tenants import CellError
from declaration.models.base import Base


class DeclarationImport(Base):
    """A filled file: only its sender sees it. Nothing of it is applied before they ask for it."""

    __tablename__ = "declaration_import"
    __table_args__ = (Index(None, "account_id", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    # "xlsx" or "csv", once the file has been opened.
    kind: Mapped[str | None] = mapped_column(String(4))
    # The file itself, full of names, until it has been read.
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    status: Mapped[str] = mapped_column(String(10), index=True)
    # The worker that reads or applies it, and its lock's end: then another takes over.
    worker: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    unknown_columns: Mapped[list[str]]
    refusal: Mapped[str | None] = mapped_column(String(500))
    received_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DeclarationImportLine(Base):
    """A line of an import: its cells as received, and what they would do or did."""

    __tablename__ = "declaration_import_line"
    __table_args__ = (Index(None, "import_id", "status"), Index(None, "declaration_id", "applied_revision"))

    import_id: Mapped[UUID] = mapped_column(ForeignKey("declaration_import.id"), primary_key=True)
    # The spreadsheet's line number.
    line: Mapped[int] = mapped_column(primary_key=True)
    # Read from the file: no foreign key, it may not exist.
    declaration_id: Mapped[UUID | None]
    revision: Mapped[int | None]
    cells: Mapped[dict[str, str]]
    status: Mapped[str] = mapped_column(String(10))
    errors: Mapped[list[CellError]]
    # What is left to confirm.
    points: Mapped[list[str]]
    # Whether the report lists it.
    reported: Mapped[bool]
    # The revision that applying it created: the sender may send a better file without a warning on their own change.
    applied_revision: Mapped[int | None]


class BatchTransmission(Base):
    """Declarations transmitted together by one person, in the background."""

    __tablename__ = "batch_transmission"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(index=True)
    organisation_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    status: Mapped[str] = mapped_column(String(10), index=True)
    worker: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BatchTransmissionLine(Base):
    """One declaration of a batch, as it stood when the batch was requested."""

    __tablename__ = "batch_transmission_line"
    __table_args__ = (Index(None, "lot_id", "status", "declaration_id"),)

    lot_id: Mapped[UUID] = mapped_column(ForeignKey("batch_transmission.id"), primary_key=True)
    # Given by the caller: no foreign key, it may not exist.
    declaration_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    version: Mapped[int | None]
    # Why it was not transmitted: a stable code, and a French sentence.
    code: Mapped[str | None] = mapped_column(String(30))
    detail: Mapped[str | None] = mapped_column(String(1000))
