"""Process runtime: relays, receivers, inbox handlers, listeners and the schedule of periodic jobs, each on its thread.

All wait to be woken by a commit (`waking`), and for what they know to be due; a slow poll is the net behind. No error
ends a thread: it waits for an unreachable database or broker and reconnects.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog
from chassis import clock, inbox, outbox
from chassis.runtime import Runtime
from sqlalchemy.orm import Session

from runner import waking
from runner.relay.inprocess import InProcessRelay
from runner.schedule import FIRST_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS, POLL_SECONDS, Schedule

if TYPE_CHECKING:
    from runner.relay.rabbit import RabbitRelay

log = structlog.get_logger()
HELD_SECONDS = 0.2


class Worker:
    """Runs all background work, for one service or for all of them in one process."""

    def __init__(self, runtimes: Sequence[Runtime]) -> None:
        self._runtimes = runtimes
        self._stopping = threading.Event()
        self._schedule = Schedule(runtimes, self._stopping)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        if self._runtimes[0].settings.amqp_url:
            self._start_with_broker()
        else:
            self._start_in_process()
        for runtime in self._runtimes:
            self._spawn(f"inbox {runtime.name}", partial(self._drain_inbox, runtime))
            listening = partial(waking.listen, runtime, self._schedule.wake, self._stopping)
            self._spawn(f"listener {runtime.name}", listening)
        self._spawn("schedule", self._schedule.run)

    def stop(self, timeout: float = 20) -> None:
        """Lets each thread finish its current work; work not done in ``timeout`` seconds in total is rolled back."""
        self._stopping.set()
        self._schedule.stop()
        for runtime in self._runtimes:
            runtime.outbox_filled.set()
            runtime.inbox_filled.set()
        deadline = time.monotonic() + timeout
        for thread in (*self._threads, *self._schedule.threads):
            thread.join(max(0, deadline - time.monotonic()))

    def _start_in_process(self) -> None:
        relay = InProcessRelay(self._runtimes)
        for runtime in self._runtimes:
            self._spawn(f"relay {runtime.name}", partial(self._relay, runtime, relay.relay, POLL_SECONDS))

    def _start_with_broker(self) -> None:
        # kombu and its dependencies: not needed in all-in-one mode.
        from runner.relay.rabbit import RabbitReceiver, RabbitRelay

        for runtime in self._runtimes:
            url = runtime.settings.amqp_url
            self._spawn(f"relay {runtime.name}", partial(self._relay_to_broker, runtime, RabbitRelay(url)))
            if runtime.service.subscriptions:
                receiver = RabbitReceiver(url, runtime)
                self._spawn(f"receiver {runtime.name}", partial(receiver.run, self._stopping.is_set))

    def _relay_to_broker(self, runtime: Runtime, rabbit: "RabbitRelay") -> None:
        with closing(rabbit):
            # An idle connection lives by its heartbeats.
            self._relay(runtime, rabbit.relay, at_most=rabbit.beats_every_seconds)

    def _relay(self, runtime: Runtime, relay: Callable[[Runtime], int], at_most: float) -> None:
        self._until_stopped(runtime, runtime.outbox_filled, relay, outbox.next_due, at_most)

    def _drain_inbox(self, runtime: Runtime) -> None:
        self._until_stopped(runtime, runtime.inbox_filled, inbox.process_due, inbox.next_due, POLL_SECONDS)

    def _until_stopped(
        self,
        runtime: Runtime,
        filled: threading.Event,
        work: Callable[[Runtime], int],
        next_due: Callable[[Session], datetime | None],
        at_most: float,
    ) -> None:
        """Works on a queue whenever it was filled, or one of its rows is due again."""
        due = None
        while not self._stopping.is_set():
            filled.clear()
            done = work(runtime)
            # Whatever works and leaves a row sets `filled`: one that left none need not ask, and the former time holds.
            if not done:
                with runtime.read_only() as session:
                    due = next_due(session)
            wait = at_most if due is None else min(at_most, (due - clock.now()).total_seconds())
            # Due and not taken: another worker has it.
            filled.wait(max(wait, 0 if done else HELD_SECONDS))

    def _spawn(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._supervised, args=(name, run), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _supervised(self, name: str, run: Callable[[], None]) -> None:
        wait = FIRST_BACKOFF_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                run()
            except Exception as error:
                if time.monotonic() - started > MAX_BACKOFF_SECONDS:
                    # It ran for a while: this is a new failure, so the wait starts short again.
                    wait = FIRST_BACKOFF_SECONDS
                log.warning("work interrupted", thread=name, error=type(error).__name__, again_in_seconds=wait)
                self._stopping.wait(wait)
                wait = min(wait * 2, MAX_BACKOFF_SECONDS)
