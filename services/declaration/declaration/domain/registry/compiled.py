"""The same columns and rules for a million lines: a line is cut, each value read once and then remembered.

A line with anything to say about it raises ValueError; `lines.read` then says what, from the same table.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from chassis import money

from declaration.domain.registry.columns import COLUMNS, Column, When, always, never
from declaration.domain.registry.lines import DELIMITER, REGISTRY, Header

# Values of one column remembered at a time: names, days and amounts come again, addresses hardly.
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Form:
    """How the staging table takes values as text: what stands for none, and how other text is written."""

    null: Any
    escape: Callable[[str], str]

    def write(self, value: Any) -> Any:
        """A read value as text: cents for euros, 0 or 1, ISO days, a JSON array for an address."""
        return self.null if value is None else self.escape(_AS_TEXT[type(value)](value))


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    bool: lambda value: "1" if value else "0",
    date: date.isoformat,
    Decimal: lambda value: str(money.to_cents(value)),
    tuple: lambda lines: json.dumps(lines, ensure_ascii=False),
}


class _Remembered(dict[str, Any]):
    """What each text of a column gives, in the form of the staging table."""

    def __init__(self, column: Column, form: Form) -> None:
        super().__init__()
        self._column = column
        self._form = form

    def __missing__(self, text: str) -> Any:
        bare = text.strip()
        if not bare and self._column.mandatory is always:
            raise ValueError("mandatory")
        value = self._form.write(self._column.read(bare) if bare else None)
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = value
        return value


class CompiledLines:
    """Reads the lines under one header."""

    def __init__(self, header: Header, form: Form) -> None:
        places = {name: place for place, name in enumerate(header.names)}
        # A column that the file leaves out reads the empty text put at the end of each line.
        self._width = len(header.names)
        self._ordered = itemgetter(*[places.get(name, self._width) for name in COLUMNS])
        self._form = form
        self._known = [(name, _Remembered(column, form)) for name, column in COLUMNS.items()]
        self._null = form.null
        self._conditional: dict[When, list[str]] = defaultdict(list)
        for name, column in COLUMNS.items():
            if column.mandatory not in (always, never):
                self._conditional[column.mandatory].append(name)

    def read(self, line: bytes) -> dict[str, Any]:
        """The values of a line by column, as text. Raises ValueError when something is to be said."""
        bare = line.decode().rstrip("\r\n")
        cells = bare.split(DELIMITER)
        if len(cells) != self._width or '"' in bare or "\r" in bare:
            raise ValueError("cut")
        cells.append("")
        values = {name: known[cell] for (name, known), cell in zip(self._known, self._ordered(cells), strict=True)}
        for condition, names in self._conditional.items():
            if condition(values) and any(values[name] == self._null for name in names):
                raise ValueError("mandatory")
        if values["lease_end"] != self._null and REGISTRY.disagreements(values, 0):
            raise ValueError("order")
        return values

    def written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values that `lines.read` gave, as text."""
        return {name: self._form.write(value) for name, value in values.items()}
