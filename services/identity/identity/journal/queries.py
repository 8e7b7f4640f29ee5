"""An account's journal lines as its holder sees them, latest first."""

from collections.abc import Sequence
from uuid import UUID

from chassis import clock, pagination
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.api_types import Activity, ListMyActivityAnswer
from identity.domain.security_events import label
from identity.models import Account, SecurityEvent

HOLDER, AGENT, COLLEAGUE, SERVICE = "Vous", "Votre Caf", "Votre organisme", "Le service"
# More than anybody does in a year; the journal itself is not kept longer.
MOST_EXPORTED = 20_000


def activity_page(session: Session, account_id: UUID, cursor: str | None, limit: int) -> ListMyActivityAnswer:
    """Returns {items, next_cursor}; raises BadRequest for a cursor that we did not issue."""
    before = pagination.after_number(cursor)
    mine = select(SecurityEvent).where(SecurityEvent.account_id == account_id).order_by(SecurityEvent.seq.desc())
    if before is not None:
        mine = mine.where(SecurityEvent.seq < before)
    lines = session.scalars(mine.limit(limit + 1)).all()
    shown, following = pagination.page(lines, limit, lambda line: (line.seq,))
    return {"items": _to_json(session, account_id, shown), "next_cursor": following}


def whole_activity(session: Session, account_id: UUID) -> list[Activity]:
    """All stored lines, for the holder's export."""
    return activity_page(session, account_id, None, MOST_EXPORTED)["items"]


def _to_json(session: Session, account_id: UUID, lines: Sequence[SecurityEvent]) -> list[Activity]:
    kinds = _kinds_of_actors(session, {line.actor for line in lines})
    return [_line(line, account_id, kinds.get(line.actor)) for line in lines]


def _line(line: SecurityEvent, account_id: UUID, actor_kind: str | None) -> Activity:
    """Hides browser and network of an agent or colleague from the holder."""
    own = line.actor == str(account_id)
    return {
        "id": line.seq,
        "at": clock.iso(line.at),
        "kind": line.kind,
        "label": label(line.kind),
        "by": HOLDER if own else {"agent": AGENT, "landlord": COLLEAGUE}.get(actor_kind or "", SERVICE),
        "browser": line.browser if own else "",
        "network": line.network if own else "",
        "session_id": None if line.session_id is None else str(line.session_id),
    }


def _kinds_of_actors(session: Session, actors: set[str]) -> dict[str, str]:
    people = [UUID(one) for one in actors if len(one) == 36]
    named = select(Account.id, Account.kind).where(Account.id.in_(people))
    return {str(account_id): kind for account_id, kind in session.execute(named)}
