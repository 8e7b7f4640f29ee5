"""Requests a national opening, with the Cafs known now."""

from uuid import UUID

from chassis import clock, journal
from chassis.auth import Caller
from chassis.db import insert_new
from chassis.ids import new_id
from chassis.problems import Forbidden
from sqlalchemy import insert, literal, select, union
from sqlalchemy.orm import Session

from declaration.domain.nationwide import Outcome
from declaration.models import Campaign, Landlord, NationalOpening, NationalOpeningLine


def ask(session: Session, caller: Caller, year: int) -> NationalOpening:
    """The new national opening, or the one of that year under way. Raises Forbidden for anyone but a supervisor."""
    if not caller.supervisor:
        raise Forbidden
    opening_id = new_id()
    values = {"id": opening_id, "year": year, "requested_by": caller.sub, "requested_at": clock.now(), "attempts": 0}
    if not insert_new(session, NationalOpening, values):
        under_way = (NationalOpening.year == year) & NationalOpening.ended_at.is_(None)
        return session.execute(select(NationalOpening).where(under_way)).scalar_one()
    _take_cafs(session, opening_id, year)
    journal.record(
        session,
        actor=caller.sub,
        action="campaign.all_requested",
        subject=opening_id,
        perimeter="FR",
        after={"year": year},
    )
    return session.get_one(NationalOpening, opening_id)


def _take_cafs(session: Session, opening_id: UUID, year: int) -> None:
    """Every Caf that has landlords, prepared or not: the report covers all of them."""
    cafs = union(select(Landlord.caf_code), select(Campaign.caf_code).where(Campaign.year == year)).subquery()
    columns = {
        "opening_id": literal(opening_id, NationalOpeningLine.opening_id.type),
        "caf_code": cafs.c.caf_code,
        "outcome": literal(Outcome.WAITING.value),
        "made": literal({}, NationalOpeningLine.made.type),
    }
    chosen = select(*[value.label(name) for name, value in columns.items()])
    session.execute(insert(NationalOpeningLine).from_select(list(columns), chosen, include_defaults=False))
