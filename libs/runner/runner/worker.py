"""Process runtime: relays, receivers, inbox handlers and periodic jobs, each on its own thread.

No error ends a thread: it waits for an unreachable database or broker and reconnects.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import structlog
from chassis import inbox, outbox
from chassis.runtime import Periodic, Runtime
from sqlalchemy import make_url

from runner import housekeeping
from runner.relay.inprocess import InProcessRelay

if TYPE_CHECKING:
    from runner.relay.rabbit import RabbitRelay

log = structlog.get_logger()
POLL_SECONDS = 1.0
FIRST_BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 15.0


class Worker:
    """Runs all background work, for one service or for all of them in one process."""

    def __init__(self, runtimes: Sequence[Runtime]) -> None:
        self._runtimes = runtimes
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        if self._runtimes[0].settings.amqp_url:
            self._start_with_broker()
        else:
            self._start_in_process()
        for runtime in self._runtimes:
            self._spawn(f"inbox {runtime.name}", partial(self._drain_inbox, runtime))
            for job in (*housekeeping.JOBS, *runtime.service.periodic):
                self._spawn(f"{job.name} {runtime.name}", partial(self._repeat, runtime, job))

    def stop(self, timeout: float = 20) -> None:
        """Lets each thread finish its current work; work not done in ``timeout`` seconds in total is rolled back."""
        self._stopping.set()
        for runtime in self._runtimes:
            runtime.outbox_filled.set()
            runtime.inbox_filled.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))

    def _start_in_process(self) -> None:
        relay = InProcessRelay(self._runtimes)
        for runtime in self._runtimes:
            self._spawn(f"relay {runtime.name}", partial(self._relay, runtime, relay.relay))

    def _start_with_broker(self) -> None:
        # kombu and its dependencies: not needed in all-in-one mode.
        from runner.relay.rabbit import RabbitReceiver, RabbitRelay

        for runtime in self._runtimes:
            url = runtime.settings.amqp_url
            self._spawn(f"relay {runtime.name}", partial(self._relay_to_broker, runtime, RabbitRelay(url)))
            if runtime.service.subscriptions:
                receiver = RabbitReceiver(url, runtime)
                self._spawn(f"receiver {runtime.name}", partial(receiver.run, self._stopping.is_set))
            if make_url(runtime.settings.database_url).get_backend_name() == "postgresql":
                self._spawn(f"listener {runtime.name}", partial(self._listen, runtime))

    def _relay_to_broker(self, runtime: Runtime, rabbit: "RabbitRelay") -> None:
        with closing(rabbit):
            self._relay(runtime, rabbit.relay)

    def _relay(self, runtime: Runtime, relay: Callable[[Runtime], int]) -> None:
        while not self._stopping.is_set():
            runtime.outbox_filled.clear()
            if not relay(runtime):
                runtime.outbox_filled.wait(POLL_SECONDS)

    def _listen(self, runtime: Runtime) -> None:
        """Wakes the relay when the API's process commits an event; the poll is the fallback."""
        import psycopg  # only where the database is PostgreSQL

        url = make_url(runtime.settings.database_url).set(drivername="postgresql")
        with psycopg.connect(
            url.render_as_string(hide_password=False), autocommit=True, connect_timeout=5
        ) as listening:
            listening.execute(f"LISTEN {outbox.CHANNEL}")
            while not self._stopping.is_set():
                for _notify in listening.notifies(timeout=POLL_SECONDS, stop_after=1):
                    runtime.outbox_filled.set()

    def _drain_inbox(self, runtime: Runtime) -> None:
        while not self._stopping.is_set():
            runtime.inbox_filled.clear()
            if not inbox.process_due(runtime):
                runtime.inbox_filled.wait(POLL_SECONDS / 4)

    def _repeat(self, runtime: Runtime, job: Periodic) -> None:
        while not self._stopping.is_set():
            job.run(runtime)
            self._stopping.wait(job.every_seconds)

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
