"""Changes requested by a person and not confirmed yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from identity.models.base import Base


class EmailChange(Base):
    """A typed address and the keyed hash of the code sent there; the account's address changes once it is entered."""

    __tablename__ = "email_change"
    __table_args__ = (
        Index(
            "uq_email_change_open",
            "account_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    # Erased once ended.
    email: Mapped[str | None] = mapped_column(String(254))
    code_digest: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
