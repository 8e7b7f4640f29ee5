"""The tables: recaps, letters already rendered, and people's rights (a copy from habilitation)."""

from datetime import datetime
from uuid import UUID

from chassis.account_status import with_account_status
from chassis.db import TYPES, service_metadata
from chassis.rights import with_rights
from sqlalchemy import ForeignKey, Index, Row, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = with_account_status(with_rights(service_metadata()))
    type_annotation_map = TYPES


class Document:
    """A recap as PDF, kept until the end of its retention. The row outlives the content: a purged recap answers 410.

    Two tables: a version belongs to one Caf and one zone, a batch to the zones of all its dwellings."""

    reference: Mapped[str] = mapped_column(String(24), unique=True)
    campaign_year: Mapped[int]
    organisation_id: Mapped[UUID]
    transmitted_at: Mapped[datetime]
    # SHA-256 of the PDF; its key in the storage.
    content_sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(100))
    pages: Mapped[int]
    size: Mapped[int]
    kept_until: Mapped[datetime]
    purged_at: Mapped[datetime | None]

    @property
    def key(self) -> UUID:
        raise NotImplementedError


class DeclarationDocument(Document, Base):
    """The recap of one transmitted version."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("declaration_id", "version"),
        Index("ix_document_kept_until", "kept_until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    declaration_id: Mapped[UUID]
    version: Mapped[int]
    caf_code: Mapped[str] = mapped_column(String(3))
    housing_type: Mapped[str] = mapped_column(String(20))
    departement: Mapped[str] = mapped_column(String(3))
    commune: Mapped[str] = mapped_column(String(5))
    late: Mapped[bool]
    # SHA-256 of the declared data; printed, and shown by the public check.
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def key(self) -> UUID:
        return self.id


class BatchDocument(Document, Base):
    """The recap of a batch transmission."""

    __tablename__ = "lot_document"
    __table_args__ = (Index("ix_lot_document_kept_until", "kept_until"),)

    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    declarations: Mapped[int]

    @property
    def key(self) -> UUID:
        return self.lot_id


class BatchScope(Base):
    """The zones of its dwellings: whoever may see all of them may see the document."""

    __tablename__ = "lot_scope"

    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot_document.lot_id"), primary_key=True)
    housing_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    departement: Mapped[str] = mapped_column(String(3), primary_key=True)
    commune: Mapped[str] = mapped_column(String(5), primary_key=True)


class Supersession(Base):
    """Records that a later version supersedes this one; its own table because it may arrive before the document."""

    __tablename__ = "supersession"

    declaration_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    superseded_by: Mapped[int]


# A recap, and the version that supersedes it, if any.
Found = Row[DeclarationDocument, int]


class Letter(Base):
    """A letter that was rendered: no recipient, no text, no secret."""

    __tablename__ = "letter"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    storage_key: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    size: Mapped[int]
    rendered_at: Mapped[datetime]
