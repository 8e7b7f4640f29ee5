"""How many declarations are in each state, and the short text in which a cursor carries it."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from declaration.domain.states import State
from declaration.listing.sorting import bad_cursor
from declaration.models import RentDeclaration

LONGEST_COUNT = 9


def by_state(session: Session, inside: ColumnElement[bool]) -> dict[str, int]:
    """A state without declaration is absent."""
    counted = select(RentDeclaration.state, func.count()).where(inside).group_by(RentDeclaration.state)
    return {state: count for state, count in session.execute(counted)}


def written(counts: Mapping[str, int]) -> str:
    """In the order of the states: `12.0.3…`."""
    return ".".join(str(counts.get(state.value, 0)) for state in State)


def read(text: str) -> dict[str, int]:
    """Raises BadRequest."""
    parts = text.split(".")
    if len(parts) != len(State) or not all(part.isdecimal() and len(part) <= LONGEST_COUNT for part in parts):
        raise bad_cursor()
    return {state.value: int(part) for state, part in zip(State, parts, strict=True) if int(part)}
