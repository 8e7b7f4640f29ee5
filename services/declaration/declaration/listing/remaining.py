"""What is left for the caller: how much in each campaign that still takes declarations, and until when."""

from functools import cache
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from declaration.api_types.declarations import Remaining
from declaration.campaigns.commands import dates_of
from declaration.domain import campaign as rules
from declaration.domain.journey import EDITABLE
from declaration.domain.states import PRECEDENCE
from declaration.models import Campaign, RentDeclaration
from declaration.perimeter import Sight, parameters, sight_of, visible_with

# The states at the top of a list: what waits for the landlord.
WAITING = [state.value for state, rank in PRECEDENCE.items() if rank == 0]


def of(session: Session, caller: Caller) -> list[Remaining]:
    """
    One item per campaign with something left, the nearest deadline first.

    `to_declare`: those to begin or to finish; `to_answer`: those for which the Caf waits for a correction.
    """
    counts = _counts(session, caller)
    campaigns = session.execute(select(Campaign).where(Campaign.id.in_(counts))).scalars()
    taking = [each for each in campaigns if _takes(each)]
    return [_item(each, counts[each.id]) for each in sorted(taking, key=lambda each: (each.deadline, each.caf_code))]


def _counts(session: Session, caller: Caller) -> dict[UUID, dict[str, int]]:
    counts: dict[UUID, dict[str, int]] = {}
    for campaign_id, state, count in session.connection().execute(_counted(sight_of(caller)), parameters(caller)):
        counts.setdefault(campaign_id, {})[state] = count
    return counts


@cache
def _counted(sight: Sight) -> Select[*tuple[Any, ...]]:
    waiting = RentDeclaration.state.in_(WAITING)
    grouped = select(RentDeclaration.campaign_id, RentDeclaration.state, func.count())
    return grouped.where(visible_with(sight), waiting).group_by(RentDeclaration.campaign_id, RentDeclaration.state)


def _takes(campaign: Campaign) -> bool:
    return rules.filing_open(rules.Phase(campaign.phase), dates_of(campaign), clock.today())


def _item(campaign: Campaign, counts: dict[str, int]) -> Remaining:
    to_declare = sum(counts.get(state.value, 0) for state in EDITABLE)
    return {
        "campaign": campaign.year,
        "caf_code": campaign.caf_code,
        "caf_name": campaign.contact["name"],
        "deadline": campaign.deadline.isoformat(),
        "cut_off": campaign.cut_off.isoformat(),
        "late": rules.late(rules.Phase(campaign.phase), dates_of(campaign), clock.today()),
        "to_declare": to_declare,
        "to_answer": sum(counts.values()) - to_declare,
    }
