"""Sign-in sessions and failure counts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column
from webui.sent_forms import sent_form_table
from webui.sessions import session_table

from identity.models.base import Base

WEB_SESSIONS = session_table(Base.metadata)
SENT_FORMS = sent_form_table(Base.metadata)


class SignInSession(Base):
    """A sign-in from one browser (the tokens' ``sid``), with its current step of the first sign-in."""

    __tablename__ = "sign_in_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    # The provisional password that opened it; consumed when the person chooses their own.
    credential_id: Mapped[UUID | None]
    amr: Mapped[list[str]]
    browser: Mapped[str] = mapped_column(String(100), default="")
    started_at: Mapped[datetime]
    # When the person last proved their identity with everything the account requires.
    proven_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]

    @property
    def authenticated_at(self) -> datetime:
        """Start of the sign-in's age, second factor included."""
        return self.proven_at or self.started_at


class Throttle(Base):
    """Failure count per subject; the subject is a keyed hash, so that typed text is never stored."""

    __tablename__ = "throttle"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
