"""Registry imports, their errors, and lines between reading and merging."""

from datetime import datetime
from uuid import UUID

from chassis.db import Euros, Json, Sequence
from chassis.ids import new_id
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, SmallInteger, String, Table, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from declaration.domain.registry.lines import ERROR
from declaration.models.base import Base


class RegistryImport(Base):
    """An uploaded registry file, its reading position, and its results."""

    __tablename__ = "registry_import"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    filename: Mapped[str] = mapped_column(String(200))
    # Empty once the file is read and erased.
    storage_key: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    # The only Caf whose lines are accepted; null when a supervisor or the operator sends the file.
    caf_code: Mapped[str | None] = mapped_column(String(3))
    sent_by: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10), index=True)
    # The worker that reads it, and its lock's end: then another takes over.
    worker: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lines_total: Mapped[int | None]
    lines_done: Mapped[int] = mapped_column(default=0)
    lines_good: Mapped[int] = mapped_column(default=0)
    lines_bad: Mapped[int] = mapped_column(default=0)
    # Valid lines already in the portfolio.
    lines_merged: Mapped[int] = mapped_column(default=0)
    unknown_columns: Mapped[list[str]]
    refusal: Mapped[str | None] = mapped_column(String(500))
    created_landlords: Mapped[int] = mapped_column(default=0)
    created_dwellings: Mapped[int] = mapped_column(default=0)
    created_tenancies: Mapped[int] = mapped_column(default=0)
    updated_landlords: Mapped[int] = mapped_column(default=0)
    updated_dwellings: Mapped[int] = mapped_column(default=0)
    updated_tenancies: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RegistryImportError(Base):
    __tablename__ = "registry_import_error"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("registry_import.id"), index=True)
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(60))
    rule: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(String(300))
    example: Mapped[str] = mapped_column(String(100))
    # A line with a warning was imported.
    severity: Mapped[str] = mapped_column(String(10), default=ERROR)


class RegistrySlice(Base):
    """Staged lines merged together; the row is deleted with them. Whoever locks it merges them."""

    __tablename__ = "registry_slice"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("registry_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)


# Valid lines on their way to the portfolio; deleted once merged. No key and, on PostgreSQL, no write-ahead log:
# lines lost in a crash of the database are read again from the file.
Staged = Table(
    "registry_staging",
    Base.metadata,
    Column("import_id", Uuid, nullable=False),
    # All lines of a landlord are in one slice, and are merged together.
    Column("slice", SmallInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("caf_code", String(3), nullable=False),
    Column("user_number", String(14), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("siret", String(14)),
    Column("name", String(250), nullable=False),
    Column("civility", String(10)),
    Column("last_name", String(100)),
    Column("first_name", String(100)),
    Column("email", String(254)),
    Column("landlord_address", Json, nullable=False),
    Column("housing_type", String(20), nullable=False),
    Column("dwelling_ref", String(100), nullable=False),
    Column("dwelling_address", Json, nullable=False),
    Column("commune_insee", String(5), nullable=False),
    Column("departement", String(3), nullable=False),
    Column("furnished", Boolean, nullable=False),
    Column("single_room", Boolean, nullable=False),
    Column("dwelling_search", String(400), nullable=False),
    Column("tenant_number", String(8), nullable=False),
    Column("tenant_last_name", String(100), nullable=False),
    Column("tenant_first_name", String(100), nullable=False),
    Column("lease_start", Date, nullable=False),
    Column("lease_end", Date),
    Column("co_tenants", Integer, nullable=False),
    Column("previous_rent", Euros),
    Column("previous_charges", Euros),
    Column("benefit_kind", String(3), nullable=False),
    Column("benefit_amount", Euros),
    Column("paid_to_landlord", Boolean),
    Column("sort_key", String(250), nullable=False),
    Column("tenant_search", String(270), nullable=False),
    Index("ix_registry_staging_import_id_slice", "import_id", "slice"),
)
