"""The variables of a message: the type of each, as a row stores it, and what a message takes of the values at hand."""

from collections.abc import Mapping
from enum import StrEnum


class Value(StrEnum):
    """The type of a variable; `emails.formats` writes each in French, documents writes those of a letter."""

    TEXT = "text"
    TEXT_OR_NONE = "text or none"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "ISO date"
    INSTANT = "ISO instant"
    USER_NUMBER = "14 digits"
    USER_NUMBER_OR_NONE = "14 digits or none"
    DECLARATIONS = "number of declarations"
    CAF = "name, telephone, address and reference of a Caf"
    TENANTS = "list of tenants"


NOTHING = type(None)
STORED: dict[Value, tuple[type, ...]] = {
    Value.TEXT: (str,),
    Value.TEXT_OR_NONE: (str, NOTHING),
    Value.NUMBER: (int,),
    Value.FLAG: (bool,),
    Value.DAY: (str,),
    Value.INSTANT: (str,),
    Value.USER_NUMBER: (str,),
    Value.USER_NUMBER_OR_NONE: (str, NOTHING),
    Value.DECLARATIONS: (int,),
    Value.CAF: (dict,),
    Value.TENANTS: (list,),
}
Variables = Mapping[str, Value]
Values = Mapping[str, object]


class VariableError(Exception):
    """A variable of the table is absent or has another type; the message names it and shows no value."""


def pick(declared: Variables, values: Values) -> dict[str, object]:
    """The declared variables among `values`; one that may be None may also be absent. Raises VariableError."""
    return {name: _checked(name, kind, values.get(name)) for name, kind in declared.items()}


def _checked(name: str, kind: Value, value: object) -> object:
    # A flag is a number to Python only.
    if not isinstance(value, STORED[kind]) or (isinstance(value, bool) and kind is not Value.FLAG):
        raise VariableError(f"{name}: {kind} expected")
    return value
