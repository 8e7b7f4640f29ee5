"""Processor time of a running process, which neighbours on the machine hardly change."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

IDLE_SECONDS = 2.0


def processor_seconds(pid: int) -> float:
    """Of all living threads, to the nanosecond (Linux: sum of /proc/PID/task/*/schedstat)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


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
