"""National openings as the API shows them, to supervisors."""

from collections import Counter
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from declaration.api_types.campaigns import NationalOpening as ShownOpening
from declaration.api_types.campaigns import NationalOpeningCaf, NationalOpeningHead
from declaration.domain.nationwide import LABELS, Outcome
from declaration.models import NationalOpening, NationalOpeningLine

# A year has one or two of them.
MOST_LISTED = 50


def visible(caller: Caller) -> ColumnElement[bool]:
    """National openings are for supervisors only."""
    return true() if caller.supervisor else false()


def find(session: Session, caller: Caller, opening_id: UUID) -> NationalOpening:
    """Raises NotFound."""
    statement = select(NationalOpening).where(NationalOpening.id == opening_id, visible(caller))
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def listed(session: Session, caller: Caller) -> list[NationalOpeningHead]:
    """The latest ones, newest first, without their Cafs."""
    statement = select(NationalOpening).where(visible(caller)).order_by(NationalOpening.id.desc()).limit(MOST_LISTED)
    return [_head(row) for row in session.execute(statement).scalars()]


def shown(session: Session, opening: NationalOpening) -> ShownOpening:
    """The opening with the outcome per Caf, and the count of each outcome."""
    wanted = select(NationalOpeningLine).where(NationalOpeningLine.opening_id == opening.id)
    lines = session.execute(wanted.order_by(NationalOpeningLine.caf_code)).scalars().all()
    counts = Counter(line.outcome for line in lines)
    return {**_head(opening), "total": len(lines), "counts": dict(counts), "cafs": [_line(line) for line in lines]}


def _head(opening: NationalOpening) -> NationalOpeningHead:
    return {
        "id": str(opening.id),
        "year": opening.year,
        "requested_at": clock.iso(opening.requested_at),
        "ended_at": clock.iso(opening.ended_at) if opening.ended_at else None,
    }


def _line(line: NationalOpeningLine) -> NationalOpeningCaf:
    return {
        "caf_code": line.caf_code,
        "outcome": line.outcome,
        "label": LABELS[Outcome(line.outcome)],
        "declarations": line.made.get("declarations"),
        "not_concerned": line.made.get("not_concerned"),
        "landlords": line.made.get("landlords"),
    }
