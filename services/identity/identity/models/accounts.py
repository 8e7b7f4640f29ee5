"""Accounts, credentials, consents and the contact data of the registry."""

from datetime import datetime
from uuid import UUID

from chassis.texts import full_name
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from identity.models.base import Base


class Account(Base):
    """`email`: given and confirmed by the person; `contact_*`: given earlier by the Caf or an administrator."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("kind IN ('landlord', 'agent')", name="kind"),
        # One principal account per organisation, even if two registry events arrive at the same time.
        Index(
            "uq_account_principal",
            "organisation_id",
            unique=True,
            postgresql_where=text("principal"),
            sqlite_where=text("principal"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    login: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(index=True)
    caf_code: Mapped[str | None] = mapped_column(String(3))
    supervisor: Mapped[bool] = mapped_column(default=False)
    # The account that the organisation's user numbers recover; at first the one created from the registry.
    principal: Mapped[bool] = mapped_column(default=False)
    # The Caf whose registry created it: its address receives the credentials until the holder gives another.
    registry_caf: Mapped[str | None] = mapped_column(String(3))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # Incremented with each chosen password: devices made known under the previous one are no longer known.
    password_generation: Mapped[int] = mapped_column(default=1)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    # Typed but unconfirmed: only receives a code, recovers nothing and blocks no other account from using it.
    unconfirmed_email: Mapped[str | None] = mapped_column(String(254))
    civility: Mapped[str | None] = mapped_column(String(20))
    last_name: Mapped[str | None] = mapped_column(String(100))
    first_name: Mapped[str | None] = mapped_column(String(100))
    function: Mapped[str | None] = mapped_column(String(100))
    telephone: Mapped[str | None] = mapped_column(String(20))
    # Shorter than required without a second factor.
    short_password: Mapped[bool] = mapped_column(default=False)
    # Sign-ins completed without a second factor: some roles are allowed a few.
    unprotected_sign_ins: Mapped[int] = mapped_column(default=0)
    # When « Protégez votre compte » was shown: if it is only an offer, it is shown once.
    protection_offered_at: Mapped[datetime | None]
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str | None] = mapped_column(String(254), index=True)
    contact_address: Mapped[list[str]] = mapped_column(default=list)
    information_given_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # Required by an agent: the current password only serves to choose another one.
    password_change_required_at: Mapped[datetime | None]
    # administrator, delegate or user, as last published by habilitation; it gives no access by itself.
    role: Mapped[str | None] = mapped_column(String(20))
    role_version: Mapped[int] = mapped_column(default=0)
    # The address that bounced: nothing more is sent there.
    bounced_email: Mapped[str | None] = mapped_column(String(254))
    # A closed account gives no access; its personal data is erased later, its row stays for the journal.
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_reason: Mapped[str | None] = mapped_column(String(20))
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def natural_person(self) -> bool:
        """A natural person has one account per département, with a Caf; a legal person's has no particular Caf."""
        return self.kind == "landlord" and self.caf_code is not None

    @property
    def name(self) -> str:
        """The person's name if known, else the Caf's contact name."""
        return full_name(self.first_name, self.last_name) or self.contact_name


class UserNumber(Base):
    """A landlord of the registry: the organisation its user number is linked to, and the Caf's contact data."""

    __tablename__ = "user_number"

    number: Mapped[str] = mapped_column(String(14), primary_key=True)
    landlord_id: Mapped[UUID] = mapped_column(index=True)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    caf_code: Mapped[str] = mapped_column(String(3))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    address: Mapped[list[str]] = mapped_column(default=list)
    # Version of the landlord in the registry: an older event that arrives late is ignored.
    version: Mapped[int]
    # How often an agent moved it to another company or Caf; nothing else moves it.
    moves: Mapped[int] = mapped_column(default=0, server_default="0")


class Credential(Base):
    """A provisional password: its argon2id hash, expiry and single use."""

    __tablename__ = "credential"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(30))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # When another one was issued.
    replaced_at: Mapped[datetime | None]
    # Failed attempts with text of its format.
    tries: Mapped[int] = mapped_column(default=0)
    # The e-mail address it was sent to, to recognise a bounce; erased when it is used or replaced.
    sent_to: Mapped[str | None] = mapped_column(String(254))


class Consent(Base):
    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("account_id", "document", "document_version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    document: Mapped[str] = mapped_column(String(20))
    document_version: Mapped[int]
    accepted_at: Mapped[datetime]


class RecoveryRequest(Base):
    """A submitted recovery form; the worker handles it later, so the answer does not reveal if an account exists."""

    __tablename__ = "recovery_request"
    __table_args__ = (
        Index(
            "ix_recovery_request_pending",
            "requested_at",
            postgresql_where=text("handled_at IS NULL"),
            sqlite_where=text("handled_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(30))
    # The typed user number, e-mail or login; erased once handled.
    subject: Mapped[str | None] = mapped_column(String(254))
    requested_at: Mapped[datetime]
    # Set if the hourly limit was reached.
    postponed_until: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
