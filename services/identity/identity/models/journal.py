"""The security journal: rows are only ever added, then given their place in a chain of hashes, once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import Sequence
from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from identity.models.base import Base


class SecurityEvent(Base):
    """One thing that happened to an account. No name, no address, no login: ids, a kind, a network, a browser."""

    __tablename__ = "security_event"
    __table_args__ = (
        Index("ix_security_event_account_id_seq", "account_id", "seq"),
        Index(
            "ix_security_event_unchained",
            "seq",
            postgresql_where=text("position IS NULL"),
            sqlite_where=text("position IS NULL"),
        ),
    )

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(60))
    # Of whom; no foreign key, since the journal outlives the account. None: nobody that we know.
    account_id: Mapped[UUID | None]
    # By whom: an account, « system », « command line ».
    actor: Mapped[str] = mapped_column(String(100))
    session_id: Mapped[UUID | None]
    network: Mapped[str] = mapped_column(String(50))
    browser: Mapped[str] = mapped_column(String(100))
    details: Mapped[dict[str, Any]]
    # The place in the chain, in the order of sealing, and the hash that binds it to the place before.
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    hash: Mapped[str | None] = mapped_column(String(64))

    def content(self) -> dict[str, Any]:
        """All that was written when it happened, as the chain binds it."""
        return {
            "seq": self.seq,
            "at": clock.iso(self.at),
            "kind": self.kind,
            "account_id": None if self.account_id is None else str(self.account_id),
            "actor": self.actor,
            "session_id": None if self.session_id is None else str(self.session_id),
            "network": self.network,
            "browser": self.browser,
            "details": self.details,
        }


class SecurityAnchor(Base):
    """A place of the chain vouched for with the service's key: who rewrites rows cannot write these again."""

    __tablename__ = "security_anchor"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    mac: Mapped[str] = mapped_column(String(64))
