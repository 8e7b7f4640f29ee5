"""Importing the registry file, compared with COPY of the same rows into the same tables, keys and indexes included.

Twice: with the tables' foreign keys, which PostgreSQL checks row by row, and without.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from chassis.ids import new_id
from declaration.job_lock import JobLock
from declaration.models import RegistryImport
from declaration.registry import commands, jobs, shown

from tools.bench.declaration import lines
from tools.bench.declaration.ground import CAF, Bench, resident, seconds
from tools.bench.figures import Figure

AIM = 0.5
MOST_GROWTH = 1.3
TABLES = ("landlord", "dwelling", "tenancy")
BLOCK = 1 << 20


def figures(bench: Bench) -> list[Figure]:
    file = bench.folder / "registre.csv"
    lines.write(file, bench.lines, CAF)
    memory: list[float] = []
    first = seconds(lambda: _read(bench, file, memory))
    # The machine's other load varies: short measures are repeated, before and after a long one.
    bare, constrained = [_copied_tables(bench)], [_copied_tables(bench, constrained=True)]
    again = seconds(lambda: _read(bench, file, memory))
    for _ in range(2):
        bare.append(_copied_tables(bench))
        constrained.append(_copied_tables(bench, constrained=True))
    copies = {"": median(constrained), ", bare of foreign keys": median(bare)}
    text = _copied_file(bench, file)
    aim, count = f">= {AIM} × COPY", bench.lines
    found = [
        Figure(f"registry import{what}", count / first, "lines/s", count / copy, aim, copy / first >= AIM)
        for what, copy in copies.items()
    ]
    # Raw text without keys is not a portfolio: given for comparison, without a target.
    found.append(Figure("registry import, beside COPY of the bare file", count / first, "lines/s", count / text))
    found.append(Figure("registry import, identical file", count / again, "lines/s", count / median(bare)))
    return [*found, _memory_growth(memory)]


def _memory_growth(memory: list[float]) -> Figure:
    """MB after each batch: this process only; the reader processes hold one block of lines at a time."""
    early, late = max(memory[: max(1, len(memory) // 8)]), max(memory)
    return Figure("memory while importing", late, "MB", early, "flat", late <= early * MOST_GROWTH)


def _read(bench: Bench, file: Path, memory: list[float]) -> None:
    """Runs the job itself; landlords are notified later, by another job."""
    runtime, worker = bench.harness.runtime, new_id()
    with file.open("rb") as stream:
        row, _ = commands.receive(runtime, stream, file.name, caf_code=CAF, sent_by="bench", worker=worker)
    jobs.run(runtime, JobLock(RegistryImport, row, worker), lambda: memory.append(resident()))
    if (done := shown(runtime, row))["lines_merged"] != bench.lines:
        raise AssertionError(f"not all lines went in: {done}")


def _copied_tables(bench: Bench, *, constrained: bool = False) -> float:
    """Seconds for COPY of what the import wrote: three tables with their keys and indexes."""
    total = 0.0
    for table in TABLES:
        dump = bench.folder / table
        _dump(bench, table, dump)
        bench.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        for key in bench.foreign_keys(table) if constrained else ():
            bench.execute(f"ALTER TABLE bare_{table} ADD {key}")
        total += _copied(bench, f"COPY bare_{table} FROM STDIN", dump)
        bench.execute(f"DROP TABLE bare_{table}")
        dump.unlink()
    return total


def _copied_file(bench: Bench, file: Path) -> float:
    """Seconds for COPY of the file itself, into text columns without keys."""
    with file.open(encoding="utf-8") as head:
        columns = ", ".join(f"{name} text" for name in head.readline().strip().split(";"))
    bench.execute(f"CREATE TABLE bare_file ({columns})")
    statement = "COPY bare_file FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)"
    spent = _copied(bench, statement, file)
    bench.execute("DROP TABLE bare_file")
    return spent


def _dump(bench: Bench, table: str, file: Path) -> None:
    statement = f"COPY {table} TO STDOUT"
    with bench.driver() as connection, connection.cursor().copy(statement) as source, file.open("wb") as target:
        target.writelines(source)


def _copied(bench: Bench, statement: str, file: Path) -> float:
    """Seconds for COPY of a file."""
    start = time.perf_counter()
    with bench.driver() as connection, connection.cursor().copy(statement) as into, file.open("rb") as source:
        while block := source.read(BLOCK):
            into.write(block)
    return time.perf_counter() - start
