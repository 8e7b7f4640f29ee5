"""One interface to drive each transport step by step, so that the same tests run on all of them."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Protocol

from chassis import inbox
from chassis.runtime import Runtime
from kombu.message import Message
from sqlalchemy import select

from runner.relay.inprocess import InProcessRelay
from runner.relay.rabbit import RabbitReceiver, RabbitRelay

SETTLE_SECONDS = 20


class NotSettled(AssertionError):
    """The expected state was not reached in time."""


class Carrier(Protocol):
    def relay(self, source: Runtime) -> int:
        """Sends one batch of that outbox, as a separate relay would; returns how many rows were sent."""
        ...

    def receive(self) -> None:
        """Receives what was sent."""
        ...

    def delivered(self, copies: int) -> bool: ...

    def close(self) -> None: ...


class InProcess:
    def __init__(self, runtimes: Sequence[Runtime]) -> None:
        self._runtimes = runtimes

    def relay(self, source: Runtime) -> int:
        return InProcessRelay(self._runtimes).relay(source)

    def receive(self) -> None:
        """Nothing to do: sending already stored the rows."""

    def delivered(self, copies: int) -> bool:
        return True

    def close(self) -> None:
        return


class _Counting(RabbitReceiver):
    deliveries = 0

    def _on_message(self, message: Message) -> None:
        super()._on_message(message)
        self.deliveries += 1


class ThroughBroker:
    """One receiver per subscriber runs all the time and is restarted when it dies, as in a worker."""

    def __init__(self, runtimes: Sequence[Runtime]) -> None:
        self._stopping = threading.Event()
        listening = [one for one in runtimes if one.service.subscriptions]
        self._receivers = [_Counting(one.settings.amqp_url, one) for one in listening]
        self._threads = [threading.Thread(target=self._run, args=(one,), daemon=True) for one in self._receivers]
        for thread in self._threads:
            thread.start()

    def relay(self, source: Runtime) -> int:
        with closing(RabbitRelay(source.settings.amqp_url)) as relay:
            return relay.relay(source)

    def receive(self) -> None:
        time.sleep(0.02)

    def close(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(10)

    def delivered(self, copies: int) -> bool:
        """Whether the broker has delivered that many messages, duplicates included; then resets the count."""
        if sum(receiver.deliveries for receiver in self._receivers) < copies:
            return False
        for receiver in self._receivers:
            receiver.deliveries = 0
        return True

    def _run(self, receiver: _Counting) -> None:
        while not self._stopping.is_set():
            try:
                receiver.run(self._stopping.is_set)
            except Exception:
                # As in a worker: restarted whatever ended it.
                self._stopping.wait(0.05)


def settle(carrier: Carrier, runtimes: Sequence[Runtime], done: Callable[[], bool]) -> None:
    """Relays, receives and handles until ``done``; raises NotSettled after twenty seconds."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        for runtime in runtimes:
            while carrier.relay(runtime):
                pass
        carrier.receive()
        for runtime in runtimes:
            while inbox.process_due(runtime):
                pass
        if done():
            return
        if time.monotonic() > deadline:
            raise NotSettled


def arrived(source: Runtime, targets: Sequence[Runtime]) -> bool:
    """Whether every row of this outbox was sent, and was handled or tried in the inbox of each subscriber."""
    outbox = source.service.metadata.tables["outbox"]
    with source.read_only() as session:
        rows = session.execute(select(outbox.c.event_id, outbox.c.type, outbox.c.sent_at)).all()
    return all(row.sent_at for row in rows) and all(_all_tried(target, rows) for target in targets)


def _all_tried(target: Runtime, rows: Sequence[Any]) -> bool:
    types = {subscription.type for subscription in target.service.subscriptions}
    table = target.service.metadata.tables["inbox"]
    with target.read_only() as session:
        ended = (table.c.done_at.is_not(None)) | (table.c.attempts > 0)
        there = set(session.execute(select(table.c.event_id).where(ended)).scalars())
    return {row.event_id for row in rows if row.type in types} <= there
