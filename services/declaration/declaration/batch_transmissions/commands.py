"""Requests a batch transmission: records which declarations, at their current revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis import clock, ids, journal
from chassis.auth import Caller
from chassis.problems import Conflict, FieldError, Invalid
from sqlalchemy import ColumnElement, and_, func, insert, literal, select
from sqlalchemy.orm import Session

from declaration import listing
from declaration.batch_transmissions.states import BatchStatus, LineStatus
from declaration.domain.states import State
from declaration.grid.commands import UNKNOWN
from declaration.listing import Filters
from declaration.models import BatchTransmission, BatchTransmissionLine, RentDeclaration
from declaration.perimeter import joined, visible

# One batch has one recap, which people must be able to open.
MOST = 10_000
NOTHING = "Aucune déclaration commencée n’est à transmettre."


@dataclass(frozen=True)
class RequestedLine:
    """All drafts that match the filters, or these declarations only."""

    filters: Filters
    ids: Sequence[UUID] | None = None


def ask(session: Session, caller: Caller, wanted: RequestedLine) -> BatchTransmission:
    """Raises Conflict when there is nothing to transmit, Invalid beyond MOST declarations."""
    batch = BatchTransmission(
        account_id=caller.sub,
        organisation_id=caller.org,
        reference=ids.random_reference(f"L{clock.today().year % 100:02d}"),
        status=BatchStatus.RECEIVED.value,
        requested_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    if wanted.ids is None:
        count = _take(session, caller, batch.id, wanted.filters)
    else:
        count = _name(session, caller, batch.id, wanted.ids)
    after = {"declarations": count}
    journal.record(
        session, actor=caller.sub, action="lot.requested", subject=batch.id, perimeter=caller.org or "", after=after
    )
    return batch


def drafts(caller: Caller, filters: Filters) -> ColumnElement[bool]:
    """Drafts inside the caller's perimeter."""
    return and_(visible(caller), RentDeclaration.state == State.DRAFT.value, *listing.conditions(filters))


def _take(session: Session, caller: Caller, lot_id: UUID, filters: Filters) -> int:
    inside = drafts(caller, filters)
    waiting = literal(LineStatus.WAITING.value)
    chosen = joined(
        literal(lot_id, BatchTransmissionLine.lot_id.type), RentDeclaration.id, RentDeclaration.revision, waiting
    )
    names = ["lot_id", "declaration_id", "revision", "status"]
    session.execute(
        insert(BatchTransmissionLine).from_select(names, chosen.where(inside).limit(MOST + 1), include_defaults=False)
    )
    taken = select(func.count()).select_from(BatchTransmissionLine).where(BatchTransmissionLine.lot_id == lot_id)
    count: int = session.execute(taken).scalar_one()
    if not count:
        raise Conflict(NOTHING)
    if count > MOST:
        detail = f"Un lot compte {MOST} déclarations au plus. Choisissez un département ou une commune."
        raise Invalid([FieldError(pointer="/filters/zone", code="too_many", detail=detail, example="35")], detail)
    return count


def _name(session: Session, caller: Caller, lot_id: UUID, wanted: Sequence[UUID]) -> int:
    chosen = joined(RentDeclaration.id, RentDeclaration.revision).where(RentDeclaration.id.in_(wanted), visible(caller))
    known: dict[UUID, int] = {identifier: revision for identifier, revision in session.execute(chosen)}
    rows = [
        {
            "lot_id": lot_id,
            "declaration_id": identifier,
            "revision": known.get(identifier, 0),
            "status": (LineStatus.WAITING if identifier in known else LineStatus.REFUSED).value,
            "code": None if identifier in known else UNKNOWN.code,
            "detail": None if identifier in known else UNKNOWN.detail,
        }
        for identifier in dict.fromkeys(wanted)
    ]
    session.execute(insert(BatchTransmissionLine), rows)
    return len(rows)
