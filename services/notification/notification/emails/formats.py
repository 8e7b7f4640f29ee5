"""How the variables of an e-mail are written in French, by their type in the table of messages."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from notification.domain.variables import Value, Variables
from notification.emails import french

Written = str | int | bool | None


def _instant(stored: str) -> str:
    return french.instant(datetime.fromisoformat(stored))


def _day(stored: str) -> str:
    return french.long_date(date.fromisoformat(stored))


# Any: each takes what its type stores (`domain.variables.STORED`); the types without a line are written as they are.
_FORMATS: dict[Value, Callable[[Any], str]] = {
    Value.DAY: _day,
    Value.INSTANT: _instant,
    Value.USER_NUMBER: french.user_number,
    Value.DECLARATIONS: french.declarations,
}


def written(declared: Variables, values: Mapping[str, Any]) -> dict[str, Written]:
    """The declared variables, in French."""
    return {name: _written(kind, values[name]) for name, kind in declared.items()}


def _written(kind: Value, stored: Any) -> Written:
    as_stored: Written = stored
    return _FORMATS[kind](stored) if kind in _FORMATS else as_stored
