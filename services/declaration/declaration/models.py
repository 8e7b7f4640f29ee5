"""Tables of the declaration service: the portfolio, the campaigns, the declarations and their transmitted versions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from chassis.db import TYPES, Sequence, service_metadata
from chassis.ids import new_id
from chassis.rights import with_rights
from sqlalchemy import ForeignKey, Index, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = with_rights(service_metadata())
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class Landlord(Base):
    """Who declares, at one Caf; the user numbers of a legal person share its organisation."""

    __tablename__ = "landlord"
    __table_args__ = (UniqueConstraint("caf_code", "user_number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    caf_code: Mapped[str] = mapped_column(String(3))
    user_number: Mapped[str] = mapped_column(String(14))
    kind: Mapped[str] = mapped_column(String(20))
    siret: Mapped[str | None] = mapped_column(String(14))
    name: Mapped[str] = mapped_column(String(250))
    civility: Mapped[str | None] = mapped_column(String(10))
    last_name: Mapped[str | None] = mapped_column(String(100))
    first_name: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(254))
    address: Mapped[list[str]]
    version: Mapped[int]


class Dwelling(Base):
    __tablename__ = "dwelling"
    __table_args__ = (UniqueConstraint("landlord_id", "reference"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    landlord_id: Mapped[UUID] = mapped_column(ForeignKey("landlord.id"))
    reference: Mapped[str] = mapped_column(String(100))
    housing_type: Mapped[str] = mapped_column(String(20))
    address: Mapped[list[str]]
    commune_insee: Mapped[str] = mapped_column(String(5))
    departement: Mapped[str] = mapped_column(String(3))
    furnished: Mapped[bool]
    single_room: Mapped[bool]
    # Reference and address without accents, for searching.
    search: Mapped[str] = mapped_column(String(400))


class Tenancy(Base):
    """One tenant in one dwelling. Its dates may be corrected by the Caf, so they are no part of its key."""

    __tablename__ = "tenancy"
    __table_args__ = (UniqueConstraint("dwelling_id", "tenant_number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwelling.id"))
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
    # Last and first name without accents: how lists are ordered, and with the number, how they are searched.
    sort_key: Mapped[str] = mapped_column(String(250))
    search: Mapped[str] = mapped_column(String(270))


class Organisation(Base):
    """The version of an organisation's portfolio, as told to the other services."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    portfolio_version: Mapped[int]


class Portfolio(Base):
    """The pairs (housing type, département) in which an organisation has dwellings, as last told."""

    __tablename__ = "portfolio"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    housing_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    departement: Mapped[str] = mapped_column(String(3), primary_key=True)


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
    # The Caf's service as printed on letters and receipts: name, telephone, address, reference.
    contact: Mapped[dict[str, Any]]


class Asking(Base):
    """A landlord to ask in a campaign: one message, however many tenants."""

    __tablename__ = "asking"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    landlord_id: Mapped[UUID] = mapped_column(ForeignKey("landlord.id"), primary_key=True)
    asked_at: Mapped[datetime | None] = mapped_column(index=True)


class RentDeclaration(Base):
    """One per tenancy and campaign; `state` is that of the version in hand, `draft` what was said so far."""

    __tablename__ = "rent_declaration"
    __table_args__ = (UniqueConstraint("campaign_id", "tenancy_id"), Index(None, "campaign_id", "state"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    tenancy_id: Mapped[UUID] = mapped_column(ForeignKey("tenancy.id"), index=True)
    state: Mapped[str] = mapped_column(String(25))
    version: Mapped[int]
    # Rises with each change of the row: its ETag.
    revision: Mapped[int]
    exemption: Mapped[str | None] = mapped_column(String(25))
    amendment_reason: Mapped[str | None] = mapped_column(String(500))
    late: Mapped[bool]
    draft: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class DeclarationVersion(Base):
    """What reached the Caf. Triggers refuse any change but that of `state`, and any deletion."""

    __tablename__ = "declaration_version"
    __table_args__ = (UniqueConstraint("declaration_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("rent_declaration.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(25))
    supersedes: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    snapshot: Mapped[dict[str, Any]]
    transmitted_at: Mapped[datetime]
    late: Mapped[bool]
    channel: Mapped[str] = mapped_column(String(10))
    declarant_account_id: Mapped[UUID | None]


class Receipt(Base):
    """The document made of a transmitted version, once documents has told."""

    __tablename__ = "receipt"

    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("rent_declaration.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]


class Passage(Base):
    """Each change of state: who, when, why, through which channel. Only ever added."""

    __tablename__ = "passage"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True)
    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("rent_declaration.id"), index=True)
    version: Mapped[int]
    event: Mapped[str] = mapped_column(String(25))
    from_state: Mapped[str | None] = mapped_column(String(25))
    to_state: Mapped[str] = mapped_column(String(25))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    channel: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(500))


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
