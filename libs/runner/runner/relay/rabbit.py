"""Relay and receiver of the one-process-per-service mode, through RabbitMQ 4 quorum queues.

A connection belongs to one thread; publishing and consuming use two, since the broker may block publishers.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog
from chassis import event_schemas, events, outbox
from chassis.inbox import receive
from chassis.runtime import Runtime
from kombu import Connection, Exchange, Queue
from kombu.message import Message
from sqlalchemy import Row, select

from runner import catalogue, topology
from runner.relay.confirms import Confirms

log = structlog.get_logger()
BATCH = 1000
PREFETCH = 200
CONFIRM_TIMEOUT_SECONDS = 10
CONNECT_TIMEOUT_SECONDS = 5
HEARTBEAT_SECONDS = 30


def connect(amqp_url: str) -> Connection:
    """A connection with heartbeats and bounded waits; raises what kombu raises when the broker does not answer."""
    # A broker short of memory or disk stops reading from publishers: sending needs a time limit too.
    bounded = {"write_timeout": CONFIRM_TIMEOUT_SECONDS}
    connection = Connection(
        amqp_url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=CONNECT_TIMEOUT_SECONDS, transport_options=bounded
    )
    connection.ensure_connection(max_retries=1, timeout=CONNECT_TIMEOUT_SECONDS)
    return connection


class RabbitRelay:
    """Publishes the outbox of one service: persistent, mandatory, confirmed; marked sent only after the confirm."""

    beats_every_seconds = HEARTBEAT_SECONDS / 3

    def __init__(self, amqp_url: str) -> None:
        self._amqp_url = amqp_url
        self._connection: Connection | None = None
        self._confirms: Confirms | None = None
        self._channel: Any = None

    def relay(self, source: Runtime) -> int:
        """Moves one batch; returns how many rows it moved. Raises when the broker is unreachable: rows stay pending.

        The rows stay locked until they are marked, so that a second relay takes others (SKIP LOCKED).
        """
        with source.transaction() as session:
            rows = outbox.claim(session, BATCH)
            if not rows:
                self._beat()
                return 0
            refused = self._publish(source, rows)
            outbox.mark_sent(session, [row.seq for row in rows if str(row.event_id) not in refused])
            for row in rows:
                if str(row.event_id) in refused:
                    outbox.mark_refused(session, row, "unroutable or refused by the broker")
        if refused or len(rows) == BATCH:
            source.outbox_filled.set()
        return len(rows) - len(refused)

    def _publish(self, source: Runtime, rows: Sequence[Row[Any]]) -> set[str]:
        try:
            channel, confirms = self._open()
            readers = {kind: _has_readers(source, kind) for kind in {row.type for row in rows}}
            for row in rows:
                _send(channel, row, mandatory=readers[row.type])
                confirms.sent(str(row.event_id))
            return confirms.wait(CONFIRM_TIMEOUT_SECONDS)
        except Exception:
            # Maybe published: it is published again on a new channel, and the inbox drops the duplicate.
            self.close()
            raise

    def _open(self) -> tuple[Any, Confirms]:
        if self._channel is None or self._confirms is None:
            self._connection = connect(self._amqp_url)
            self._channel = self._connection.channel()
            self._confirms = Confirms(self._connection, self._channel)
        return self._channel, self._confirms

    def _beat(self) -> None:
        if self._connection is None:
            return
        try:
            # The broker's heartbeats count only once they are read.
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=0.01)
            self._connection.heartbeat_check()
        except (OSError, *self._connection.connection_errors):
            self.close()

    def close(self) -> None:
        connection, self._connection, self._confirms, self._channel = self._connection, None, None, None
        if connection is not None:
            # Closes without the AMQP handshake: a broker short of memory would not answer it.
            connection.collect()


def _has_readers(source: Runtime, event_type: str) -> bool:
    return catalogue.has_readers(event_schemas.schema_path(source.service, event_type))


def _send(channel: Any, row: Row[Any], *, mandatory: bool) -> None:
    """On kombu's channel: its Producer looks for serializers and compressions, which costs half of publishing."""
    properties = {"delivery_mode": 2, "message_id": str(row.event_id)}
    message = channel.prepare_message(
        row.envelope,
        content_type="application/cloudevents+json",
        content_encoding="utf-8",
        properties=properties,
    )
    channel.basic_publish(message, exchange=events.EXCHANGE, routing_key=row.type, mandatory=mandatory)


class RabbitReceiver:
    """Receives into the inbox of one service: insert, commit, acknowledge, for all that has arrived at once.

    Undecodable messages are dead-lettered.
    """

    def __init__(self, amqp_url: str, target: Runtime) -> None:
        self._amqp_url = amqp_url
        self._target = target
        self._queue = topology.queue_name(target.name)
        self._arrived: list[Message] = []

    def run(self, stopping: Callable[[], bool]) -> None:
        """Consumes until stopped. Raises when the broker or the database is unreachable; the caller waits and retries.

        No requeue loop: when the database is down, the connection closes and the broker keeps the messages. Each
        requeue counts towards the delivery limit, so nothing is consumed until the database answers.
        """
        with self._target.read_only() as session:
            session.execute(select(1))
        queue = Queue(self._queue, Exchange(events.EXCHANGE, "topic"), no_declare=True)
        connection = connect(self._amqp_url)
        # Those of a connection that was lost are delivered again.
        self._arrived.clear()
        try:
            consumer = connection.Consumer([queue], on_message=self._on_message, prefetch_count=PREFETCH, no_ack=False)
            consumer.consume()
            while not stopping():
                try:
                    connection.drain_events(timeout=1)
                except TimeoutError:
                    connection.heartbeat_check()
                    continue
                self._take_the_rest(connection)
                self._store()
        finally:
            connection.collect()

    def _take_the_rest(self, connection: Connection) -> None:
        """What has arrived already, without waiting: a single message is stored at once."""
        with suppress(TimeoutError):
            while len(self._arrived) < PREFETCH:
                connection.drain_events(timeout=0)

    def _on_message(self, message: Message) -> None:
        try:
            events.head(message.body)
        except events.EventUnreadable:
            log.warning("message set aside", service=self._target.name, queue=self._queue)
            message.reject(requeue=False)
            return
        self._arrived.append(message)

    def _store(self) -> None:
        if not self._arrived:
            return
        with self._target.transaction() as session:
            receive(session, [message.body for message in self._arrived])
        # And all before it.
        self._arrived[-1].ack(multiple=True)
        self._arrived.clear()
        self._target.inbox_filled.set()
