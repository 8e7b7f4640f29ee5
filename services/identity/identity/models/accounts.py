"""Who may sign in, with what, and how the Caf reaches them."""

from datetime import datetime
from uuid import UUID

from chassis.texts import full_name
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from identity.models.base import Base


class Account(Base):
    """`email` is what the person gave and confirmed; `contact_*` is what the Caf or an administrator knew before."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("kind IN ('landlord', 'agent')", name="kind"),
        # One principal account per organisation, even when two registry events arrive together.
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
    # Made from the registry: the account that a user number recovers.
    principal: Mapped[bool] = mapped_column(default=False)
    # The Caf whose registry made it: it says where its credentials go, until the holder does.
    registry_caf: Mapped[str | None] = mapped_column(String(3))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # Grows with each password of the person's own: what was made known with the one before is known no more.
    password_generation: Mapped[int] = mapped_column(default=1)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    # Typed, and written to with a code only: it recovers nothing, and is taken from nobody.
    unconfirmed_email: Mapped[str | None] = mapped_column(String(254))
    civility: Mapped[str | None] = mapped_column(String(20))
    last_name: Mapped[str | None] = mapped_column(String(100))
    first_name: Mapped[str | None] = mapped_column(String(100))
    function: Mapped[str | None] = mapped_column(String(100))
    telephone: Mapped[str | None] = mapped_column(String(20))
    # Under the length asked of those who have no second factor.
    short_password: Mapped[bool] = mapped_column(default=False)
    # Sign-ins completed without a second factor: some roles have a few of them.
    unprotected_sign_ins: Mapped[int] = mapped_column(default=0)
    # « Protégez votre compte » has been shown: to whom it is only an offer, it is not shown again.
    protection_offered_at: Mapped[datetime | None]
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str | None] = mapped_column(String(254), index=True)
    contact_address: Mapped[list[str]] = mapped_column(default=list)
    information_given_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # An agent asked for it: the present password only serves to choose another one.
    password_change_required_at: Mapped[datetime | None]
    # administrator, delegate or user, as habilitation last told it; nobody signs in by it alone.
    role: Mapped[str | None] = mapped_column(String(20))
    role_version: Mapped[int] = mapped_column(default=0)
    # The address that refused a message: nothing more is sent there.
    bounced_email: Mapped[str | None] = mapped_column(String(254))
    # A closed account opens nothing; its personal data is erased later, its row stays for the journal.
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_reason: Mapped[str | None] = mapped_column(String(20))
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def natural_person(self) -> bool:
        """One account per département: it belongs to a Caf, where a legal person's belongs to none in particular."""
        return self.kind == "landlord" and self.caf_code is not None

    @property
    def name(self) -> str:
        """The person's once known, else that of whom the Caf writes to."""
        return full_name(self.first_name, self.last_name) or self.contact_name


class UserNumber(Base):
    """A landlord of the registry: which organisation its user number is tied to, and where the Caf writes to it."""

    __tablename__ = "user_number"

    number: Mapped[str] = mapped_column(String(14), primary_key=True)
    landlord_id: Mapped[UUID] = mapped_column(index=True)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    caf_code: Mapped[str] = mapped_column(String(3))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    address: Mapped[list[str]] = mapped_column(default=list)
    # Of the registry's landlord: an older event that arrives late changes nothing.
    version: Mapped[int]
    # Acts that moved it to another company or Caf; nothing else does.
    moves: Mapped[int] = mapped_column(default=0, server_default="0")


class Credential(Base):
    """A provisional password that was sent: its argon2id hash, how long it lives, and that it serves once."""

    __tablename__ = "credential"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(30))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # Another one was issued since.
    replaced_at: Mapped[datetime | None]
    # Tries with something of its form; a right one is not counted.
    tries: Mapped[int] = mapped_column(default=0)
    # The e-mail address it left for, to recognise the one that refuses it; erased with its use or its successor.
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
    """What a recovery form received; the worker looks it up later, so the answer cannot tell if an account exists."""

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
    # The user number or the e-mail typed; erased once handled.
    subject: Mapped[str | None] = mapped_column(String(254))
    requested_at: Mapped[datetime]
    # There were too many in its hour.
    postponed_until: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
