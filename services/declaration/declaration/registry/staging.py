"""From lines of text to valid rows in the staging table, batch after batch; where it stopped is in the same commit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID

from chassis.runtime import Runtime
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from declaration.domain.registry import lines
from declaration.domain.registry.compiled import CompiledLines
from declaration.domain.registry.lines import Header, LineError
from declaration.models import RegistryImport, RegistryImportError, Staged
from declaration.physical_lines import LONGEST_LINE, next_line, next_lines, read_line
from declaration.registry import rows
from declaration.registry.leases import Lease, held

# Lines a commit; what a killed worker reads again. SQLite has one writer: others wait for less long.
BATCH = {"postgresql": 20_000, "sqlite": 2_000}
# Lines read and rows written at a time: PostgreSQL takes them while the next are read.
BLOCK = 1_000
# Enough to see what is wrong; a file where every line is bad must not fill the database.
ERRORS_KEPT = 10_000


@dataclass
class Batch:
    """What a number of lines gave."""

    done: int = 0
    good: int = 0
    bad_lines: int = 0
    errors: list[LineError] = field(default_factory=list)


def stage(
    runtime: Runtime, lease: Lease, stream: IO[bytes], header: Header, row: RegistryImport, slices: int
) -> Iterator[None]:
    """Stages what the import has not done yet; yields after each commit. `stream` stands after the header."""
    number = 1
    for _ in range(row.lines_done):
        number += 1
        next_line(stream)
    dialect = runtime.engine.dialect.name
    reader = _Lines(header, row.id, row.caf_code, slices, copying=dialect == "postgresql")
    while True:
        with runtime.transaction() as session:
            batch = _stage_batch(session, reader, stream, number, BATCH[dialect])
            if not batch.done:
                return
            _count(session, lease, batch)
        number += batch.done
        yield


class _Lines:
    """Turns the lines of one import into staged rows or errors."""

    def __init__(self, header: Header, import_id: UUID, caf_code: str | None, slices: int, *, copying: bool) -> None:
        self.copying = copying
        self._header = header
        self._caf_code = caf_code
        self._import = import_id.hex
        self._slices = slices
        self._form = rows.COPY if copying else rows.PLAIN
        self._compiled = CompiledLines(header, self._form, caf_code)

    def read(self, raws: Sequence[bytes], first: int, batch: Batch) -> Iterator[rows.Row]:
        """The rows of these lines, the first of which has this number; what is wrong is gathered in `batch`."""
        batch.done += len(raws)
        quick = self._compiled.read([raw if len(raw) < LONGEST_LINE else b"" for raw in raws])
        batch.good += len(quick.places)
        yield from self._staged(quick.columns, [first + place for place in quick.places])
        for place in sorted(set(range(len(raws))) - set(quick.places)):
            if not raws[place].isspace() and (values := self._by_the_rules(raws[place], first + place, batch)):
                written = self._compiled.written(values)
                yield from self._staged({name: [text] for name, text in written.items()}, [first + place])

    def _by_the_rules(self, raw: bytes, number: int, batch: Batch) -> dict[str, Any] | None:
        """The typed values of a line, or None when there is an error."""
        values, errors = read_line(raw, self._header, number)
        if values and self._caf_code and values["caf_code"] != self._caf_code:
            values, errors = None, [lines.foreign_caf(number)]
        batch.good += values is not None
        batch.bad_lines += values is None
        batch.errors += errors
        return values

    def _staged(self, columns: Mapping[str, Sequence[Any]], numbers: list[int]) -> Iterable[rows.Row]:
        return rows.staged(columns, self._form, self._import, numbers, self._slices)


def _stage_batch(session: Session, reader: _Lines, stream: IO[bytes], number: int, most: int) -> Batch:
    batch = Batch()
    writing = _copy if reader.copying else _insert
    writing(session, _good_rows(batch, reader, stream, number, most))
    return batch


def _good_rows(batch: Batch, reader: _Lines, stream: IO[bytes], number: int, most: int) -> Iterator[list[rows.Row]]:
    """Block by block; what is wrong is gathered in `batch`. `number` is that of the line before."""
    while batch.done < most and (raws := next_lines(stream, min(BLOCK, most - batch.done))):
        yield list(reader.read(raws, number + batch.done + 1, batch))


def _copy(session: Session, blocks: Iterator[list[rows.Row]]) -> None:
    connection: Any = session.connection().connection.driver_connection
    statement = f"COPY {Staged.name} ({', '.join(rows.COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for block in blocks:
            into.write(rows.copy_text(block))


def _insert(session: Session, blocks: Iterator[list[rows.Row]]) -> None:
    places = ", ".join("?" * len(rows.COLUMNS))
    statement = f"INSERT INTO {Staged.name} ({', '.join(rows.COLUMNS)}) VALUES ({places})"  # noqa: S608 - our own names
    for block in blocks:
        if block:
            session.connection().exec_driver_sql(statement, block)


def _count(session: Session, lease: Lease, batch: Batch) -> None:
    held(
        session,
        lease,
        lines_done=RegistryImport.lines_done + batch.done,
        lines_good=RegistryImport.lines_good + batch.good,
        lines_bad=RegistryImport.lines_bad + batch.bad_lines,
    )
    if batch.errors:
        of_this = RegistryImportError.import_id == lease.row_id
        kept = session.execute(select(func.count()).select_from(RegistryImportError).where(of_this)).scalar_one()
        told = [_error(lease.row_id, error) for error in batch.errors[: max(0, ERRORS_KEPT - kept)]]
        session.execute(insert(RegistryImportError), told) if told else None


def _error(import_id: UUID, error: LineError) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "line": error.line,
        "column": error.column,
        "rule": error.rule,
        "message": error.message,
        "example": error.example,
    }
