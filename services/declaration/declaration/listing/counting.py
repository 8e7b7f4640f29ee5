"""Counts of declarations by state, and their short text form for a cursor."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from declaration.domain.states import State
from declaration.models import RentDeclaration


def by_state(session: Session, inside: ColumnElement[bool]) -> dict[str, int]:
    """States without declarations are absent."""
    counted = select(RentDeclaration.state, func.count()).where(inside).group_by(RentDeclaration.state)
    return {state: count for state, count in session.execute(counted)}


def written(counts: Mapping[str, int]) -> str:
    """In order of the states: `12.0.3…`."""
    return ".".join(str(counts.get(state.value, 0)) for state in State)


def read(text: str) -> dict[str, int]:
    """Reads the output of `written`; a state added since counts zero."""
    parts = zip(State, text.split("."), strict=False)
    return {state.value: int(part) for state, part in parts if int(part)}
