"""Landlords, dwellings and tenancies, as the Caf’s registry gives them."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.ids import new_id
from sqlalchemy import Column, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from declaration.models.base import Base


def unpublished(name: str, version: str, published: str) -> Index:
    """Partial index on rows not published yet."""
    newer = Column(published, Integer) < Column(version, Integer)
    return Index(name, "id", postgresql_where=newer, sqlite_where=newer)


class Landlord(Base):
    """A declarant, at one Caf; the user numbers of a legal person share its organisation."""

    __tablename__ = "landlord"
    __table_args__ = (
        # The Caf that registered it. Another Caf's file cannot change it.
        UniqueConstraint("user_number"),
        unpublished("ix_landlord_untold", "version", "told_version"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    caf_code: Mapped[str] = mapped_column(String(3), index=True)
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
    # The last version published to the other services; a job publishes newer ones.
    told_version: Mapped[int]
    # Number of moves to another company or Caf by an agent: other services follow a move by this number only.
    moves: Mapped[int] = mapped_column(server_default="0")


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
    # Address and reference without accents, for searching and sorting.
    search: Mapped[str] = mapped_column(String(400))


class Tenancy(Base):
    """A lease of one tenant in one dwelling. Another lease of theirs there is another tenancy; the Caf may correct the
    first day of one."""

    __tablename__ = "tenancy"
    __table_args__ = (UniqueConstraint("dwelling_id", "tenant_number", "lease_start"),)

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
    # Last and first name without accents: the order of lists and, with the number, the search.
    sort_key: Mapped[str] = mapped_column(String(250))
    search: Mapped[str] = mapped_column(String(270))


class Organisation(Base):
    """The version of an organisation's portfolio, and the last published one."""

    __tablename__ = "organisation"
    __table_args__ = (unpublished("ix_organisation_untold", "portfolio_version", "told_version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    portfolio_version: Mapped[int]
    told_version: Mapped[int]


class Portfolio(Base):
    """The pairs (housing type, département) in which an organisation has dwellings."""

    __tablename__ = "portfolio"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    housing_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    departement: Mapped[str] = mapped_column(String(3), primary_key=True)
