"""The same columns and rules for a million lines: splits many lines at once, and reads column after column.

A column's values are either all plain (see `plain`) or each read once and cached. A line with an error or a doubt is
left out; `lines.read` then reports it, from the same table.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import compress
from typing import Any

from chassis.french import money

from declaration.domain.registry import values
from declaration.domain.registry.columns import COLUMNS, Column, When, always, never
from declaration.domain.registry.lines import DELIMITER, REGISTRY, Header

# Values cached per column: names, days and amounts repeat, addresses seldom.
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Form:
    """How the staging table takes values as text: what stands for null, and how other text is escaped."""

    null: Any
    escape: Callable[[str], str]

    def write(self, value: Any) -> Any:
        """A read value as text: cents for euros, 0 or 1, ISO days, a JSON array for an address."""
        return self.null if value is None else self.escape(_AS_TEXT[type(value)](value))

    def write_plain(self, column: Column, texts: Sequence[str]) -> Sequence[str]:
        """Same result as `write`, for values that reading leaves unchanged."""
        joined = "\n".join(texts)
        if column.read is not values.address:
            return [self.escape(text) for text in texts] if "\\" in joined else texts
        if "\\" in joined or '"' in joined:
            return [self.write(column.read(text)) for text in texts]
        arrays = joined.replace(values.ADDRESS_SEPARATOR, '", "').replace("\n", '"]\n["')
        return f'["{arrays}"]'.split("\n")


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    bool: lambda value: "1" if value else "0",
    date: date.isoformat,
    Decimal: lambda value: str(money.to_cents(value)),
    tuple: lambda lines: json.dumps(lines, ensure_ascii=False),
}


# By text; a value is text too, or what stands for null in the form.
class _CompiledColumn(dict[str, Any]):
    """Cache of one column: text to its form in the staging table."""

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

    def read_each(self, cells: Sequence[str], wrong: set[int]) -> Sequence[Any]:
        """The staged form of each cell; adds the places of invalid or doubtful ones to `wrong`."""
        filled = list(filter(None, cells))
        enough = len(filled) == len(cells) or self._column.mandatory is not always
        if filled and enough and self._column.plain is not None and self._column.plain(filled):
            written = self._form.write_plain(self._column, filled)
            if len(filled) == len(cells):
                return written
            following = iter(written)
            return [next(following) if cell else self._form.null for cell in cells]
        try:
            return list(map(self.__getitem__, cells))
        except ValueError:
            return [self._read_one(place, cell, wrong) for place, cell in enumerate(cells)]

    def _read_one(self, place: int, cell: str, wrong: set[int]) -> Any:
        try:
            return self[cell]
        except ValueError:
            wrong.add(place)
            return self._form.null


@dataclass(frozen=True, slots=True)
class Block:
    """Lines read without a doubt: their places among those given, and their values by column, as text."""

    places: Sequence[int]
    columns: Mapping[str, Sequence[Any]]


class CompiledLines:
    """Reads the lines under one header; `caf_code`: those of this Caf only."""

    def __init__(self, header: Header, form: Form, caf_code: str | None = None) -> None:
        places = {name: place for place, name in enumerate(header.names)}
        self._width = len(header.names)
        self._null = form.null
        self._form = form
        self._caf_code = caf_code
        # A column absent from the file reads the empty texts appended after the others.
        self._known = [
            (name, places.get(name, self._width), _CompiledColumn(column, form)) for name, column in COLUMNS.items()
        ]
        self._conditional: dict[When, list[str]] = defaultdict(list)
        for name, column in COLUMNS.items():
            if column.mandatory not in (always, never):
                self._conditional[column.mandatory].append(name)

    def read(self, lines: Sequence[bytes]) -> Block:
        """Lines with anything to report are absent from the result."""
        texts = [text.rstrip("\r\n") for text in _decoded(lines)]
        cut = [text.split(DELIMITER) for text in texts]
        sound = [
            len(cells) == self._width and '"' not in text and "\r" not in text
            for cells, text in zip(cut, texts, strict=True)
        ]
        places = list(compress(range(len(lines)), sound))
        cells = [*zip(*compress(cut, sound), strict=True)] or [()] * self._width
        cells.append(("",) * len(places))
        wrong: set[int] = set()
        columns = {name: column.read_each(cells[place], wrong) for name, place, column in self._known}
        self._compare(columns, wrong)
        if not wrong:
            return Block(places, columns)
        right = [place not in wrong for place in range(len(places))]
        kept = {name: list(compress(column, right)) for name, column in columns.items()}
        return Block(list(compress(places, right)), kept)

    def _compare(self, columns: Mapping[str, Sequence[Any]], wrong: set[int]) -> None:
        """Rules between the columns of a line."""
        kinds, null = columns["landlord_kind"], self._null
        for condition, names in self._conditional.items():
            concerned = {kind for kind in set(kinds) if condition({"landlord_kind": kind})}
            for name in names:
                pairs = enumerate(zip(kinds, columns[name], strict=True))
                wrong.update(place for place, (kind, text) in pairs if text == null and kind in concerned)
        starts = columns["lease_start"]
        for place, end in enumerate(columns["lease_end"]):
            if end != null and REGISTRY.disagreements({"lease_start": starts[place], "lease_end": end}, 0):
                wrong.add(place)
        if self._caf_code:
            codes = enumerate(columns["caf_code"])
            wrong.update(place for place, code in codes if code != self._caf_code)

    def written(self, read: Mapping[str, Any]) -> dict[str, object]:
        """Values from `lines.read`, as text."""
        return {name: self._form.write(value) for name, value in read.items()}


def _decoded(lines: Sequence[bytes]) -> list[str]:
    """A line that is not UTF-8 becomes empty, hence too short to be accepted."""
    try:
        return [line.decode() for line in lines]
    except UnicodeDecodeError:
        return [_decoded_one(line) for line in lines]


def _decoded_one(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return ""
