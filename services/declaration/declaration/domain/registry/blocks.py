"""Turns a block of lines of the file into rows of the staging table, with their errors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from declaration.domain.registry import lines, printable, reachable, rows
from declaration.domain.registry.compiled import CompiledLines
from declaration.domain.registry.csv_lines import LONGEST_LINE, read_line
from declaration.domain.registry.lines import Header, LineError

# Addresses remembered by one reader: a file with more has more warnings than anybody reads.
MOST_LOOKED_AT = 100_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader needs to know of an import.

    `caf_code`: accept lines of this Caf only. `copying`: produce text for COPY, not rows.
    """

    header: Header
    import_id: UUID
    caf_code: str | None
    slices: int
    copying: bool


@dataclass(slots=True)
class Block:
    """The result of a block of lines: rows, or their text for COPY."""

    done: int = 0
    good: int = 0
    bad_lines: int = 0
    errors: list[LineError] = field(default_factory=list)
    content: Any = None


class BlockReader:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._form = rows.COPY if reading.copying else rows.PLAIN
        self._compiled = CompiledLines(reading.header, self._form, reading.caf_code)
        self._looked_at: set[tuple[str, tuple[str, ...], str | None]] = set()

    def read(self, raws: Sequence[bytes], first: int) -> Block:
        """`first`: the number of the first line."""
        block = Block(done=len(raws))
        found = self._rows(raws, first, block)
        block.content = rows.copy_text(found) if self._reading.copying else list(found)
        return block

    def _rows(self, raws: Sequence[bytes], first: int, block: Block) -> Iterable[rows.Row]:
        """Collects the errors in `block`."""
        quick = self._compiled.read([raw if len(raw) < LONGEST_LINE else b"" for raw in raws])
        block.good += len(quick.places)
        for place in sorted({*printable.doubtful(quick.columns), *reachable.doubtful(quick.columns)}):
            at = quick.places[place]
            values, _ = read_line(raws[at], self._reading.header, first + at)
            if values:
                self._warn(values, first + at, block)
        yield from self._staged(quick.columns, [first + place for place in quick.places])
        for place in sorted(set(range(len(raws))) - set(quick.places)):
            if not raws[place].isspace() and (values := self._by_the_rules(raws[place], first + place, block)):
                written = self._compiled.written(values)
                yield from self._staged({name: [text] for name, text in written.items()}, [first + place])

    def _by_the_rules(self, raw: bytes, number: int, block: Block) -> lines.Values | None:
        """The typed values of a line, or None when it has an error."""
        caf_code = self._reading.caf_code
        values, errors = read_line(raw, self._reading.header, number)
        if values and caf_code and values["caf_code"] != caf_code:
            values, errors = None, [lines.foreign_caf(number)]
        block.good += values is not None
        block.bad_lines += values is None
        block.errors += errors
        if values:
            self._warn(values, number, block)
        return values

    def _warn(self, values: Mapping[str, Any], number: int, block: Block) -> None:
        """Warns once per landlord, address and e-mail, on the first line this reader sees (there may be thousands)."""
        key = (values["user_number"], values["landlord_address"], values["email"])
        if key not in self._looked_at and len(self._looked_at) < MOST_LOOKED_AT:
            self._looked_at.add(key)
            found = (printable.warning(values, number), reachable.warning(values, number))
            block.errors += [each for each in found if each]

    def _staged(self, columns: Mapping[str, Sequence[Any]], numbers: list[int]) -> Iterable[rows.Row]:
        return rows.staged(columns, self._form, self._reading.import_id.hex, numbers, self._reading.slices)
