"""Reads text lines into the staging table, batch after batch; the reading position is in the same commit."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from typing import IO, Any

from chassis.runtime import Runtime
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from declaration.domain.registry import rows
from declaration.domain.registry.blocks import Block, Reading
from declaration.domain.registry.csv_lines import next_line, next_lines
from declaration.domain.registry.lines import Header
from declaration.job_lock import JobLock
from declaration.models import RegistryImport, RegistryImportError, Staged
from declaration.registry import errors, readers
from declaration.settings import own

# Lines per commit, which is what a killed worker loses. On SQLite, with one writer, others wait less.
BATCH = {"postgresql": 20_000, "sqlite": 2_000}
# Lines read and rows written at a time: PostgreSQL writes some while the next are read.
BLOCK = 1_000
# Lines beyond which starting parser processes, a tenth of a second each, is worth it.
SHARED_FROM = 20_000


def stage(
    runtime: Runtime, lock: JobLock, stream: IO[bytes], header: Header, row: RegistryImport, slices: int
) -> Iterator[None]:
    """Stages the rest of the import; yields after each commit. `stream` is positioned after the header."""
    for _ in range(row.lines_done):
        next_line(stream)
    dialect = runtime.engine.dialect.name
    left = (row.lines_total or 0) - row.lines_done
    processes = own(runtime.settings).registry_workers if left >= SHARED_FROM else 1
    size = min(BLOCK, BATCH[dialect])
    reading = Reading(header, row.id, row.caf_code, slices, copying=dialect == "postgresql")
    # The header is line 1.
    with closing(readers.read(reading, _raws(stream, row.lines_done + 2, size), processes)) as blocks:
        for first in blocks:
            batch = chain([first], islice(blocks, BATCH[dialect] // size - 1))
            with runtime.transaction() as session:
                _count(session, lock, _written(session, batch, copying=reading.copying))
            yield


def _raws(stream: IO[bytes], number: int, size: int) -> Iterator[readers.Raws]:
    while raws := next_lines(stream, size):
        yield raws, number
        number += len(raws)


def _written(session: Session, blocks: Iterable[Block], *, copying: bool) -> Block:
    """Writes the rows; returns the blocks' totals without their rows."""
    whole = Block()

    def contents() -> Iterator[Any]:
        for block in blocks:
            whole.done += block.done
            whole.good += block.good
            whole.bad_lines += block.bad_lines
            whole.errors += block.errors
            yield block.content

    (_copy if copying else _insert)(session, contents())
    return whole


def _copy(session: Session, contents: Iterator[str]) -> None:
    connection: Any = session.connection().connection.driver_connection
    statement = f"COPY {Staged.name} ({', '.join(rows.COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for content in contents:
            into.write(content)


def _insert(session: Session, contents: Iterator[list[rows.Row]]) -> None:
    places = ", ".join("?" * len(rows.COLUMNS))
    statement = f"INSERT INTO {Staged.name} ({', '.join(rows.COLUMNS)}) VALUES ({places})"  # noqa: S608 - our own names
    for content in contents:
        if content:
            session.connection().exec_driver_sql(statement, content)


def _count(session: Session, lock: JobLock, batch: Block) -> None:
    lock.hold(
        session,
        lines_done=RegistryImport.lines_done + batch.done,
        lines_good=RegistryImport.lines_good + batch.good,
        lines_bad=RegistryImport.lines_bad + batch.bad_lines,
    )
    if batch.errors:
        of_this = RegistryImportError.import_id == lock.row_id
        kept = session.execute(select(func.count()).select_from(RegistryImportError).where(of_this)).scalar_one()
        errors.add(session, lock.row_id, batch.errors[: max(0, errors.KEPT - kept)])
