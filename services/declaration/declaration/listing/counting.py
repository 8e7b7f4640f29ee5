"""Counts of declarations by state, and their short text form for a cursor."""

from collections.abc import Mapping

from declaration.domain.states import State


def written(counts: Mapping[str, int]) -> str:
    """In order of the states: `12.0.3…`."""
    return ".".join(str(counts.get(state.value, 0)) for state in State)


def read(text: str) -> dict[str, int]:
    """Reads the output of `written`; a state added since counts zero."""
    parts = zip(State, text.split("."), strict=False)
    return {state.value: int(part) for state, part in parts if int(part)}
