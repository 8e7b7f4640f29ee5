"""The journal of an account as shown to the Caf's agents, with actors and reasons."""

from typing import Any
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from identity.domain.security_events import label
from identity.models import Account, SecurityEvent, SupervisionAct
from identity.supervision.queries import visible


def page(session: Session, caller: Caller, account_id: UUID, cursor: str | None, limit: int) -> dict[str, Any]:
    """Returns {items, next_cursor}. Raises NotFound outside the perimeter, BadRequest for a cursor we did not issue."""
    account, before = visible(session, caller, account_id), pagination.after_number(cursor)
    mine = select(SecurityEvent).where(SecurityEvent.account_id == account.id).order_by(SecurityEvent.seq.desc())
    if before is not None:
        mine = mine.where(SecurityEvent.seq < before)
    lines = session.scalars(mine.limit(limit + 1)).all()
    shown, following = pagination.page(lines, limit, lambda line: (line.seq,))
    reasons = _reasons(session, account, [line.details["act"] for line in shown if "act" in line.details])
    items = [
        {
            "id": line.seq,
            "at": clock.iso(line.at),
            "kind": line.kind,
            "label": label(line.kind),
            "actor": line.actor,
            "own": line.actor == str(account.id),
            "network": line.network,
            "browser": line.browser,
            "reason": reasons.get(line.details.get("act", "")),
        }
        for line in shown
    ]
    return {"items": items, "next_cursor": following}


def _reasons(session: Session, account: Account, act_ids: list[str]) -> dict[str, str]:
    of_organisation = SupervisionAct.organisation_id == account.organisation_id
    mine = or_(SupervisionAct.account_id == account.id, of_organisation)
    named = select(SupervisionAct).where(SupervisionAct.id.in_([UUID(one) for one in act_ids]), mine)
    return {str(act.id): act.reason for act in session.scalars(named)}
