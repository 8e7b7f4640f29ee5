"""Registry files received, their errors, and lines between reading and merging."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from chassis.db import Sequence
from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from declaration.models.base import Base


class RegistryImport(Base):
    """A registry file handed over, how far its reading is, and what it changed."""

    __tablename__ = "registry_import"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    filename: Mapped[str] = mapped_column(String(200))
    storage_key: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    # The only Caf whose lines are taken; null when a supervisor or the operator sends the file.
    caf_code: Mapped[str | None] = mapped_column(String(3))
    sent_by: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10), index=True)
    # The worker that reads it, until when: another one takes over what a killed worker left.
    worker: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lines_total: Mapped[int | None]
    lines_done: Mapped[int] = mapped_column(default=0)
    lines_good: Mapped[int] = mapped_column(default=0)
    lines_bad: Mapped[int] = mapped_column(default=0)
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


class Staged(Base):
    """A valid line on its way into the portfolio; gone once it is there."""

    __tablename__ = "registry_staging"
    __table_args__ = (Index(None, "import_id", "landlord_key"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("registry_import.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    # Caf and user number: all lines of a landlord go in together, in this order.
    landlord_key: Mapped[str] = mapped_column(String(17))
    # Ids for the rows that turn out to be new.
    landlord_id: Mapped[UUID]
    dwelling_id: Mapped[UUID]
    tenancy_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    caf_code: Mapped[str] = mapped_column(String(3))
    user_number: Mapped[str] = mapped_column(String(14))
    kind: Mapped[str] = mapped_column(String(20))
    siret: Mapped[str | None] = mapped_column(String(14))
    name: Mapped[str] = mapped_column(String(250))
    civility: Mapped[str | None] = mapped_column(String(10))
    last_name: Mapped[str | None] = mapped_column(String(100))
    first_name: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(254))
    landlord_address: Mapped[list[str]]
    housing_type: Mapped[str] = mapped_column(String(20))
    dwelling_ref: Mapped[str] = mapped_column(String(100))
    dwelling_address: Mapped[list[str]]
    commune_insee: Mapped[str] = mapped_column(String(5))
    departement: Mapped[str] = mapped_column(String(3))
    furnished: Mapped[bool]
    single_room: Mapped[bool]
    dwelling_search: Mapped[str] = mapped_column(String(400))
    tenant_number: Mapped[str] = mapped_column(String(8))
    tenant_last_name: Mapped[str] = mapped_column(String(100))
    tenant_first_name: Mapped[str] = mapped_column(String(100))
    lease_start: Mapped[date]
    lease_end: Mapped[date | None]
    co_tenants: Mapped[int]
    previous_rent: Mapped[Decimal | None]
    previous_charges: Mapped[Decimal | None]
    benefit_kind: Mapped[str] = mapped_column(String(3))
    benefit_amount: Mapped[Decimal | None]
    paid_to_landlord: Mapped[bool | None]
    sort_key: Mapped[str] = mapped_column(String(250))
    tenant_search: Mapped[str] = mapped_column(String(270))
