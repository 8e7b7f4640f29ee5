"""Delegation rows: reads the current ones and ends them."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from habilitation.api_types import Delegation as DelegationTerms
from habilitation.models import DelegatedGroup, Delegation


def groups_of(session: Session, organisation_id: UUID) -> dict[UUID, list[str]]:
    """The listed groups per current delegation of the organisation."""
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


def end(session: Session, account_id: UUID, at: datetime) -> DelegationTerms | None:
    """Ends the person's delegation and returns it in the journal's form; None if there was none."""
    mine = select(Delegation).where(Delegation.account_id == account_id, Delegation.until.is_(None))
    current = session.scalar(mine.with_for_update())
    if current is None:
        return None
    current.until = at
    session.flush()
    named = select(DelegatedGroup.group_id).where(DelegatedGroup.delegation_id == current.id)
    return {"all_groups": current.all_groups, "groups": sorted(str(one) for one in session.scalars(named))}
