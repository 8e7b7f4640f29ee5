"""Tables of habilitation. Rights are rows: user → group → (housing type, zone)."""

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
    # Time of the registry event that gave the name: several landlords of one SIRET each have their own versions.
    named_at: Mapped[datetime | None]
    # The first Caf that gave a name: another Caf's file for the same SIRET does not change it.
    naming_caf: Mapped[str | None] = mapped_column(String(3))


class UserNumber(Base):
    """Owner of a user number: the Caf that registered it first and the organisation it is linked to."""

    __tablename__ = "user_number"

    number: Mapped[str] = mapped_column(String(14), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    caf_code: Mapped[str] = mapped_column(String(3))
    version: Mapped[int]
    # How often an agent moved it to another company or Caf; nothing else moves it.
    moves: Mapped[int] = mapped_column(default=0, server_default="0")


class OrganisationCaf(Base):
    """The Cafs where the organisation has a user number; their agents may see it."""

    __tablename__ = "organisation_caf"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    caf_code: Mapped[str] = mapped_column(String(3), primary_key=True)


class Group(Base):
    __tablename__ = "group"
    # Labels are unique per organisation, even if two people add the same one at the same time.
    __table_args__ = (Index("uq_group_organisation_label", "organisation_id", "label_key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    # `domain.label_key` of the label; casefolding may lengthen it.
    label_key: Mapped[str] = mapped_column(String(240))
    # Created from the portfolio, one per (housing type, département).
    automatic: Mapped[bool]


class GroupScope(Base):
    __tablename__ = "group_scope"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id"), primary_key=True)
    housing_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    zone: Mapped[str] = mapped_column(String(5), primary_key=True)


class Member(Base):
    """A person who may sign in for an organisation; identity owns the account itself."""

    __tablename__ = "member"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    civility: Mapped[str | None] = mapped_column(String(10))
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), index=True)
    function: Mapped[str | None] = mapped_column(String(100))
    activated_at: Mapped[datetime | None]
    # Incremented with each change of rights: read models keep the highest version seen.
    access_version: Mapped[int] = mapped_column(default=0)
    # Final: a person who comes back gets a new user and a new account.
    withdrawn_at: Mapped[datetime | None]
    # Version of the account in identity: an older name or e-mail that arrives late is ignored.
    person_version: Mapped[int] = mapped_column(default=0)


class Membership(Base):
    __tablename__ = "membership"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("member.account_id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id"), primary_key=True)


class AdministratorTerm(Base):
    """The period during which a person is administrator; only a Caf agent replaces them, "à titre exceptionnel"."""

    __tablename__ = "administrator_term"
    __table_args__ = (
        # Exactly one administrator, even if twenty people complete their first sign-in at the same time.
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
    """A user who manages habilitations besides the administrator. A change ends the row and creates another."""

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
    # All groups the person belongs to, now and later; otherwise those in DelegatedGroup.
    all_groups: Mapped[bool]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class DelegatedGroup(Base):
    __tablename__ = "delegated_group"

    delegation_id: Mapped[UUID] = mapped_column(ForeignKey("delegation.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id"), primary_key=True)
