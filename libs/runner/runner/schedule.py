"""Periodic jobs of all services of a process: one thread waits for the next that is due; each run has its own thread.

No job waits for another, and none runs twice at a time in a process.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from chassis import clock
from chassis.runtime import Periodic, Runtime

from runner import housekeeping

log = structlog.get_logger()
# What waits for a change looks by itself this often: a notification may be lost, and time alone makes some work due.
POLL_SECONDS = 30.0
FIRST_BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 15.0


@dataclass(eq=False)
class Entry:
    """A job of a service. Times are those of `time.monotonic`."""

    runtime: Runtime
    job: Periodic
    due: float = 0.0
    ended: float = float("-inf")
    failures: int = 0
    running: bool = False
    # Since its run began.
    woken: bool = False
    thread: threading.Thread = field(default_factory=threading.Thread)

    @property
    def name(self) -> str:
        return f"{self.job.name} {self.runtime.name}"

    def wake(self) -> None:
        self.woken = True
        if not self.running and not self.failures:
            self.due = min(self.due, self.ended + self.job.every_seconds)

    def end(self, after: float) -> None:
        self.running, self.ended = False, time.monotonic()
        self.due = self.ended + after
        if self.woken:
            self.wake()


class Schedule:
    def __init__(self, runtimes: Iterable[Runtime], stopping: threading.Event) -> None:
        self.entries = [
            Entry(runtime, job) for runtime in runtimes for job in (*housekeeping.JOBS, *runtime.service.periodic)
        ]
        self._stopping = stopping
        self._turn = threading.Condition()

    @property
    def threads(self) -> list[threading.Thread]:
        """Of the runs under way."""
        return [entry.thread for entry in self.entries if entry.running]

    def run(self) -> None:
        """Until stopped: see `stop`."""
        with self._turn:
            while not self._stopping.is_set():
                now = time.monotonic()
                for entry in self.entries:
                    if not entry.running and entry.due <= now:
                        self._start(entry)
                nearest = min((entry.due for entry in self.entries if not entry.running), default=now + POLL_SECONDS)
                self._turn.wait(max(0, nearest - now))

    def wake(self, runtime: Runtime) -> None:
        """Something of this service was written: its jobs that wait for a change run, each not sooner than its time."""
        with self._turn:
            for entry in self.entries:
                if entry.runtime is runtime and entry.job.on_change:
                    entry.wake()
            self._turn.notify()

    def stop(self) -> None:
        """Call it once the event that it was made with is set."""
        with self._turn:
            self._turn.notify()

    def _start(self, entry: Entry) -> None:
        entry.running, entry.woken = True, False
        entry.thread = threading.Thread(target=self._run, args=(entry,), name=entry.name, daemon=True)
        entry.thread.start()

    def _run(self, entry: Entry) -> None:
        try:
            after, failed = _seconds(entry.job, entry.job.run(entry.runtime)), False
        except Exception as error:
            after, failed = min(FIRST_BACKOFF_SECONDS * 2**entry.failures, MAX_BACKOFF_SECONDS), True
            log.warning("work interrupted", thread=entry.name, error=type(error).__name__, again_in_seconds=after)
        with self._turn:
            entry.failures = entry.failures + 1 if failed else 0
            entry.end(after)
            self._turn.notify()


def _seconds(job: Periodic, told: object) -> float:
    """Until the next run, unless something changes: the job's own time, or when what waits for its time is due."""
    if not job.on_change:
        return job.every_seconds
    if isinstance(told, datetime):
        return min(POLL_SECONDS, max(job.every_seconds, (told - clock.now()).total_seconds()))
    return POLL_SECONDS
