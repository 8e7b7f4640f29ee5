"""Security journal: append-only rows, each added once to a hash chain."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import Sequence
from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from identity.models.base import Base


class SecurityEvent(Base):
    """A security event of an account: ids, kind, network and browser, but no name, address or login."""

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
    # The account concerned; no foreign key, since the journal outlives the account. None: unknown.
    account_id: Mapped[UUID | None]
    # Who did it: an account's id, « system » or « command line ».
    actor: Mapped[str] = mapped_column(String(100))
    session_id: Mapped[UUID | None]
    network: Mapped[str] = mapped_column(String(50))
    browser: Mapped[str] = mapped_column(String(100))
    # Ids, codes and counts, other keys for each kind.
    details: Mapped[dict[str, Any]]
    # Position in the chain, in chaining order, and the hash that links it to the previous position.
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    hash: Mapped[str | None] = mapped_column(String(64))

    def content(self) -> dict[str, object]:
        """The hashed content: everything written at the time of the event."""
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
    """A chain position authenticated with the service's key: whoever rewrites rows cannot forge it."""

    __tablename__ = "security_anchor"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    mac: Mapped[str] = mapped_column(String(64))
