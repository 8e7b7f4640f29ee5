"""Tables of habilitation. A right is a row: user → group → (type of dwellings, zone)."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from chassis.account_status import with_account_status
from chassis.db import TYPES, service_metadata
from chassis.ids import new_id
from sqlalchemy import ForeignKey, Index, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = with_account_status(service_metadata())
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class Organisation(Base):
    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    portfolio_version: Mapped[int] = mapped_column(default=0)
    # When the registry told the name; several landlords of one SIRET tell it, each with versions of its own.
    named_at: Mapped[datetime | None]
    # The first Caf that told a name: another's file, of the same SIRET, does not change it.
    naming_caf: Mapped[str | None] = mapped_column(String(3))


class UserNumber(Base):
    """Whose a user number is: the Caf that registered it first, and the organisation that it is tied to."""

    __tablename__ = "user_number"

    number: Mapped[str] = mapped_column(String(14), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    caf_code: Mapped[str] = mapped_column(String(3))
    version: Mapped[int]
    # Acts that moved it to another company or Caf; nothing else does.
    moves: Mapped[int] = mapped_column(default=0, server_default="0")


class OrganisationCaf(Base):
    """The Cafs at which the organisation has a user number: the agents who may see it."""

    __tablename__ = "organisation_caf"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    caf_code: Mapped[str] = mapped_column(String(3), primary_key=True)


class Group(Base):
    __tablename__ = "group"
    # A name says one group of an organisation, even when two people add it together.
    __table_args__ = (Index("uq_group_organisation_label", "organisation_id", "label_key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    # `domain.label_key` of the label; casefolding may lengthen it.
    label_key: Mapped[str] = mapped_column(String(240))
    # The groups that exist from the start, one per (type, département) of the portfolio.
    automatic: Mapped[bool]


class GroupScope(Base):
    __tablename__ = "group_scope"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id"), primary_key=True)
    housing_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    zone: Mapped[str] = mapped_column(String(5), primary_key=True)


class Member(Base):
    """A person who may sign in for an organisation; the account itself is identity's."""

    __tablename__ = "member"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    civility: Mapped[str | None] = mapped_column(String(10))
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), index=True)
    function: Mapped[str | None] = mapped_column(String(100))
    activated_at: Mapped[datetime | None]
    # Rises with each change of rights: read models keep the highest they have seen.
    access_version: Mapped[int] = mapped_column(default=0)
    # For good: who comes back is a new user, with a new account.
    withdrawn_at: Mapped[datetime | None]
    # Of the account in identity: an older name or e-mail that arrives late changes nothing.
    person_version: Mapped[int] = mapped_column(default=0)


class Membership(Base):
    __tablename__ = "membership"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("member.account_id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id"), primary_key=True)


class AdministratorTerm(Base):
    """Who is administrator, since when; replaced only by a Caf agent, "à titre exceptionnel"."""

    __tablename__ = "administrator_term"
    __table_args__ = (
        # The first to complete the sign-in becomes administrator, even when twenty arrive together: exactly one.
        Index(
            "uq_administrator_term_current",
            "organisation_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
            sqlite_where=text("until IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("member.account_id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Delegation(Base):
    """Who is responsible for habilitations beside the administrator. A change ends one and makes another."""

    __tablename__ = "delegation"
    __table_args__ = (
        Index(
            "uq_delegation_current",
            "account_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
            sqlite_where=text("until IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("member.account_id"))
    # All that the person holds, now and later; otherwise those of DelegatedGroup.
    all_groups: Mapped[bool]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class DelegatedGroup(Base):
    __tablename__ = "delegated_group"

    delegation_id: Mapped[UUID] = mapped_column(ForeignKey("delegation.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id"), primary_key=True)
