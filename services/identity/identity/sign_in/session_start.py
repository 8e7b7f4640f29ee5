"""Opening a session once the person has proven who they are, by whatever means: the one place where it happens."""

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
    """How one comes in, and from where; `amr` are the methods (RFC 8176)."""

    origin: Origin
    amr: tuple[str, ...] = ("pwd",)
    credential_id: UUID | None = None


def open_session(session: Session, account: Account, act: Trigger, entrance: SessionStart) -> Opened:
    """The session and the step that it stands at; `account` is locked."""
    step = advance(Step.CREDENTIALS, act, satisfied(session, account))
    opened = sessions.start(
        session, account, step, amr=entrance.amr, credential_id=entrance.credential_id, browser=entrance.origin.browser
    )
    arrived(session, account, step)
    record(session, _KINDS[act], account.id, session_id=opened.id, details={"step": step}, origin=entrance.origin)
    return opened
