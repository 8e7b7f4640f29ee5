"""Opens a session after the person has proven their identity, by whatever means; the only place that does so."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from identity.accounts.progress import arrived, satisfied
from identity.client_address import Origin
from identity.domain.first_sign_in import Step, Trigger, advance
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account
from identity.sign_in import sessions
from identity.sign_in.sessions import Opened

_KINDS = {
    Trigger.OWN_PASSWORD_ACCEPTED: Kind.SIGN_IN_OWN,
    Trigger.OWN_PASSWORD_TO_CHANGE: Kind.SIGN_IN_TO_CHANGE,
    Trigger.PROVISIONAL_ACCEPTED: Kind.SIGN_IN_PROVISIONAL,
    Trigger.PASSKEY_ACCEPTED: Kind.SIGN_IN_PASSKEY,
}


@dataclass(frozen=True)
class SessionStart:
    """Origin and method of the sign-in; `amr`: authentication methods (RFC 8176)."""

    origin: Origin
    amr: tuple[str, ...] = ("pwd",)
    credential_id: UUID | None = None


def open_session(session: Session, account: Account, trigger: Trigger, start: SessionStart) -> Opened:
    """The session and its current step; `account` is locked."""
    step = advance(Step.CREDENTIALS, trigger, satisfied(session, account))
    opened = sessions.start(
        session, account, step, amr=start.amr, credential_id=start.credential_id, browser=start.origin.browser
    )
    arrived(session, account, step)
    record(session, _KINDS[trigger], account.id, session_id=opened.id, details={"step": step}, origin=start.origin)
    return opened
