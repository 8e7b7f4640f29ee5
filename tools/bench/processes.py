"""Processor time and memory of running processes; neighbours on the machine hardly change either (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

IDLE_SECONDS = 2.0
PAGE = os.sysconf("SC_PAGE_SIZE")


def processor_seconds(pid: int) -> float:
    """Of all its threads, those that ended included: clock_getcpuclockid(3)'s number for another process."""
    return time.clock_gettime((~pid << 3) | 2)


def idle_share(pid: int, seconds: float = IDLE_SECONDS) -> float:
    """Processor seconds a second while nobody asks anything."""
    before, started = processor_seconds(pid), time.perf_counter()
    time.sleep(seconds)
    return (processor_seconds(pid) - before) / (time.perf_counter() - started)


@dataclass(frozen=True)
class Spent:
    """Seconds of the processor, and of the clock."""

    processor: float
    seconds: float


def spent(pid: int, work: Callable[[], object]) -> Spent:
    """What `pid` spends while `work` runs here."""
    before, started = processor_seconds(pid), time.perf_counter()
    work()
    return Spent(processor_seconds(pid) - before, time.perf_counter() - started)


def family(pid: int) -> list[int]:
    """The process and all that it started, and those in turn."""
    return [pid, *(found for child in _children(pid) for found in family(child))]


def backends(database: str) -> list[int]:
    """Of a PostgreSQL server of this machine, those that serve a database: their titles name it, after the user."""
    return [int(file.parent.name) for file in Path("/proc").glob("[0-9]*/cmdline") if _serves(file, database)]


def _serves(file: Path, database: str) -> bool:
    try:
        words = file.read_bytes().split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return words[:1] == [b"postgres:"] and words[2:3] == [database.encode()]


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            yield from map(int, (task / "children").read_text().split())
        except FileNotFoundError:
            # A thread that has ended meanwhile.
            continue


def resident_bytes(pid: int) -> int:
    """Memory that the process holds, what it shares with others included; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0


def proportional_bytes(pid: int) -> int:
    """Memory that the process holds, its part of what it shares with others; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
