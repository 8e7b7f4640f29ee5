"""Declarations, their transmitted versions, recaps and state transitions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.db import Sequence
from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from declaration.domain.draft import StoredDraft
from declaration.models.base import Base

COUNTED = ("commune_insee", "housing_type", "state", "departement")


def plain(length: int) -> String:
    """A text of codes or folded letters, compared byte by byte: a language’s collation takes half as long again."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class RentDeclaration(Base):
    """One per tenancy and campaign; `state` is that of the version in hand, `draft` its steps so far."""

    __tablename__ = "rent_declaration"
    __table_args__ = (
        UniqueConstraint("campaign_id", "tenancy_id"),
        # Lists are counted from these two columns only, without the table.
        Index("ix_rent_declaration_counted_by_organisation", "organisation_id", *COUNTED, "campaign_id", "late"),
        Index("ix_rent_declaration_counted_by_campaign", "campaign_id", *COUNTED, "caf_code", "late"),
        Index(None, "organisation_id", "state", "tenant_key", "id"),
        Index(None, "caf_code", "state", "tenant_key", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    tenancy_id: Mapped[UUID] = mapped_column(ForeignKey("tenancy.id"), index=True)
    state: Mapped[str] = mapped_column(plain(25))
    version: Mapped[int]
    # Increases with each change of the row: its ETag.
    revision: Mapped[int]
    exemption: Mapped[str | None] = mapped_column(String(25))
    amendment_reason: Mapped[str | None] = mapped_column(String(500))
    # The Caf's question that the current correction answers.
    question: Mapped[str | None] = mapped_column(String(400))
    late: Mapped[bool]
    draft: Mapped[StoredDraft]
    # Channel of the last save: the version made from the draft takes it. Null before.
    draft_channel: Mapped[str | None] = mapped_column(String(10))
    updated_at: Mapped[datetime]
    # The landlord's person who last saved or transmitted; null when it was the Caf.
    saved_by: Mapped[UUID | None]
    # Columns for filters and sorting of lists, copied from campaign and portfolio so that one index serves a page;
    # triggers follow the portfolio, in its own transaction.
    organisation_id: Mapped[UUID]
    caf_code: Mapped[str] = mapped_column(plain(3))
    housing_type: Mapped[str] = mapped_column(plain(20))
    departement: Mapped[str] = mapped_column(plain(3))
    commune_insee: Mapped[str] = mapped_column(plain(5))
    tenant_key: Mapped[str] = mapped_column(plain(270))
    place_key: Mapped[str] = mapped_column(plain(400))
    # Of the draft or of the transmitted version, without charges.
    rent: Mapped[Decimal | None]


class DeclarationVersion(Base):
    """What reached the Caf. Triggers refuse any change but that of `state` and the first `export_id`, and deletion."""

    __tablename__ = "declaration_version"
    __table_args__ = (UniqueConstraint("declaration_id", "version"), Index(None, "export_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("rent_declaration.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(25))
    supersedes: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    # What was declared, with the fields that `declared` had that year: read by their names, not by a type.
    snapshot: Mapped[dict[str, Any]]
    transmitted_at: Mapped[datetime]
    late: Mapped[bool]
    channel: Mapped[str] = mapped_column(String(10))
    # For paper: the day it arrived.
    received_on: Mapped[date | None]
    # Day of its postmark, when legible.
    posted_on: Mapped[date | None]
    declarant_account_id: Mapped[UUID | None]
    # The Caf's question that this version answers.
    question: Mapped[str | None] = mapped_column(String(400))
    # The batch that took the version to the Caf; null until then, and never changed after.
    export_id: Mapped[UUID | None]


class Recap(Base):
    """The PDF of a transmitted version, once the documents service has published it."""

    __tablename__ = "recap"

    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("rent_declaration.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]


class StateTransition(Base):
    """Each change of state: who, when, why, through which channel. Append-only."""

    __tablename__ = "state_transition"

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
