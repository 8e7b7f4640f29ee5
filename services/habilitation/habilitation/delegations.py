"""Delegations as rows: what is current, and ending it."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from habilitation.models import DelegatedGroup, Delegation


def groups_of(session: Session, organisation_id: UUID) -> dict[UUID, list[str]]:
    """Of each current delegation of the organisation, the groups named one by one."""
    named: dict[UUID, list[str]] = defaultdict(list)
    current = (
        select(DelegatedGroup)
        .join(Delegation, Delegation.id == DelegatedGroup.delegation_id)
        .where(Delegation.organisation_id == organisation_id, Delegation.until.is_(None))
        .order_by(DelegatedGroup.group_id)
    )
    for one in session.scalars(current):
        named[one.delegation_id].append(str(one.group_id))
    return named


def end(session: Session, account_id: UUID, at: datetime) -> dict[str, Any] | None:
    """What the person had been delegated until now, as the journal says it; None for someone who had nothing."""
    mine = select(Delegation).where(Delegation.account_id == account_id, Delegation.until.is_(None))
    current = session.scalar(mine.with_for_update())
    if current is None:
        return None
    current.until = at
    session.flush()
    named = select(DelegatedGroup.group_id).where(DelegatedGroup.delegation_id == current.id)
    return {"all_groups": current.all_groups, "groups": sorted(str(one) for one in session.scalars(named))}
