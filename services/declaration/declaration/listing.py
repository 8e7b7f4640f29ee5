"""The list of declarations: perimeter, filters, search, order, counts, all in SQL (Core: it is the hot path)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import BadRequest, FieldError
from chassis.zones import covered
from sqlalchemy import ColumnElement, Row, and_, case, func, literal, or_, tuple_
from sqlalchemy.orm import Session

from declaration.domain import texts
from declaration.domain.answers import reasons
from declaration.domain.campaign import Phase
from declaration.domain.journey import EDITABLE
from declaration.domain.states import LABELS, PRECEDENCE, State
from declaration.models import CafAnswer, Campaign, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined, visible

LONGEST_DEPARTEMENT = 3
_SHOWN = (
    RentDeclaration.id,
    Campaign.year,
    RentDeclaration.state,
    RentDeclaration.version,
    RentDeclaration.updated_at,
    Dwelling.housing_type,
    Dwelling.departement,
    Dwelling.reference,
    Dwelling.address,
    Tenancy.tenant_number,
    Tenancy.tenant_last_name,
    Tenancy.tenant_first_name,
    Tenancy.sort_key,
    Landlord.name,
    Landlord.user_number,
    CafAnswer.version.label("answered_version"),
    CafAnswer.answer,
    CafAnswer.reason_code,
    CafAnswer.text,
    CafAnswer.answered_at,
)
# The Caf's word on the last version that was transmitted, the one before while a correction is being written.
_ANSWER = and_(
    CafAnswer.declaration_id == RentDeclaration.id,
    CafAnswer.version
    == case((RentDeclaration.state == State.DRAFT.value, RentDeclaration.version - 1), else_=RentDeclaration.version),
)

_PRECEDENCE = case({state.value: rank for state, rank in PRECEDENCE.items()}, value=RentDeclaration.state)
_ORDER = (_PRECEDENCE, Tenancy.sort_key, RentDeclaration.id)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; None leaves a filter out."""

    campaign: int | None = None
    status: str | None = None
    housing_type: str | None = None
    zone: str | None = None
    q: str | None = None


def page(session: Session, caller: Caller, filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """One page, with the counts by state of all that the other filters keep."""
    inside = and_(visible(caller), *conditions(filters))
    counted = joined(RentDeclaration.state, func.count()).where(inside).group_by(RentDeclaration.state)
    counts: dict[str, int] = {state: count for state, count in session.execute(counted)}
    statement = joined(*_SHOWN, _PRECEDENCE.label("precedence"), _late(clock.today()).label("late"))
    statement = statement.outerjoin(CafAnswer, _ANSWER).where(inside)
    if filters.status:
        statement = statement.where(RentDeclaration.state == filters.status)
    if cursor:
        statement = statement.where(tuple_(*_ORDER) > _position(cursor))
    found = session.execute(statement.order_by(*_ORDER).limit(limit + 1)).all()
    rows, following = pagination.page(found, limit, lambda row: (row.precedence, row.sort_key, row.id))
    total = counts.get(filters.status, 0) if filters.status else sum(counts.values())
    return {"items": [_item(row) for row in rows], "total": total, "counts": counts, "next_cursor": following}


def _late(today: date) -> ColumnElement[bool]:
    """As `Case.late`: the mark of what was transmitted, else whether its time has passed."""
    in_hand = RentDeclaration.state.in_([state.value for state in EDITABLE])
    passed = or_(Campaign.phase == Phase.CLOSED.value, Campaign.deadline < today)
    return case((in_hand, passed), else_=RentDeclaration.late)


def _position(cursor: str) -> Any:
    rank, sort_key, row_id = pagination.decode(cursor, len(_ORDER)) or ["", "", ""]
    try:
        # Folded already when it is ours; int and UUID refuse what is not.
        place = int(rank[:1]), texts.folded(sort_key), UUID(row_id)
    except ValueError:
        detail = "Ce curseur de pagination n’est pas valable."
        raise BadRequest(errors=[FieldError(pointer="/query/cursor", code="cursor", detail=detail)]) from None
    return tuple_(literal(place[0]), literal(place[1]), literal(place[2], RentDeclaration.id.type))


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Of all filters but the state."""
    found: list[ColumnElement[bool]] = []
    if filters.campaign is not None:
        found.append(Campaign.year == filters.campaign)
    if filters.housing_type:
        found.append(Dwelling.housing_type == filters.housing_type)
    if filters.zone:
        found.append(_in_zone(filters.zone))
    # The words are folded to letters and digits: none is a pattern.
    words = texts.terms(filters.q or "")
    found += [or_(Tenancy.search.contains(word), Dwelling.search.contains(word)) for word in words]
    return found


def _in_zone(zone: str) -> ColumnElement[bool]:
    if len(zone) <= LONGEST_DEPARTEMENT:
        return Dwelling.departement == zone
    return Dwelling.commune_insee.in_(covered(zone))


def _item(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "campaign": row.year,
        "status": row.state,
        "status_label": LABELS[State(row.state)],
        "late": bool(row.late),
        "housing_type": row.housing_type,
        "departement": row.departement,
        "tenant": {
            "number": row.tenant_number,
            "last_name": row.tenant_last_name,
            "first_name": row.tenant_first_name,
        },
        "dwelling": {"reference": row.reference, "address": row.address},
        "landlord": {"name": row.name, "user_number": row.user_number},
        "answer": _answer(row) if row.answer else None,
        "version": row.version,
        "updated_at": clock.iso(row.updated_at),
    }


def _answer(row: Row[Any]) -> dict[str, Any]:
    return {
        "version": row.answered_version,
        "answer": row.answer,
        "label": reasons.label(row.answer, row.reason_code),
        "reason_code": row.reason_code,
        "text": row.text,
        "guidance": reasons.guidance(row.answer, row.reason_code),
        "answered_at": clock.iso(row.answered_at),
    }
