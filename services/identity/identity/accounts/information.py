"""« Mes informations »: corrections by the signed-in person; the e-mail is changed separately."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chassis.auth import Caller
from chassis.problems import Forbidden, NotFound
from sqlalchemy.orm import Session

from identity import publishes
from identity.domain.first_sign_in import Step
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account
from identity.sessions.queries import find_open_session


@dataclass(frozen=True, kw_only=True)
class Personal:
    """Already normalised."""

    civility: str
    last_name: str
    first_name: str
    function: str | None = None
    telephone: str | None = None


def correct_by_program(session: Session, caller: Caller, given: Mapping[str, str | None]) -> list[str]:
    """As `correct`, for an access token. Raises Forbidden if its session has ended, since a token outlives it for a
    while, or if it has none (a program's token)."""
    found = find_open_session(session, UUID(caller.sid)) if caller.sid else None
    if found is None or found[1].id != caller.sub or found[0].step != Step.DONE:
        raise Forbidden("Votre session est fermée. Connectez-vous de nouveau.")
    return correct(session, caller.sub, given)


def correct(session: Session, account_id: UUID, given: Mapping[str, str | None]) -> list[str]:
    """Applies `given` (by field name of `Personal`), publishes the change and returns the names of changed fields.

    Raises NotFound for a closed account or one without information yet.
    """
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.closed_at is not None or account.information_given_at is None:
        raise NotFound
    changed = [name for name, value in given.items() if getattr(account, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(account, name, given[name])
    account.version += 1
    session.flush()
    # Field names, never values: the journal outlives the account.
    record(session, Kind.INFORMATION_CORRECTED, account.id, details={"fields": changed})
    publishes.account_changed(session, account)
    return changed
