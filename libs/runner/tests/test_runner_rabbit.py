"""What only a broker adds: confirms, returns, redeliveries, dead letters, and a broker or a database that goes away."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import amqp
import pytest
from chassis import inbox, outbox
from kombu.exceptions import OperationalError
from kombu.message import Message
from runner.relay import rabbit
from runner.relay.confirms import Confirms
from runner.relay.rabbit import RabbitReceiver, RabbitRelay
from runner.testing.proxy import TcpProxy
from runner.topology import DEAD_LETTERS
from sqlalchemy import make_url
from sqlalchemy.event import listen

pytestmark = pytest.mark.containers


def eventually(true: Callable[[], Any], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(true())


def _relay(world: Any) -> int:
    with closing(RabbitRelay(world.shop.runtime.settings.amqp_url)) as relay:
        return relay.relay(world.shop.runtime)


class Receiving:
    """A receiver on a thread of its own; what ended it is kept."""

    def __init__(self, world: Any, url: str = "") -> None:
        self._stopping = threading.Event()
        self._receiver = RabbitReceiver(url or world.kitchen.runtime.settings.amqp_url, world.kitchen.runtime)
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self._receiver.run(self._stopping.is_set)
        except Exception as error:
            self.error = error

    def __enter__(self) -> "Receiving":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        self.thread.join(15)
        assert not self.thread.is_alive()


def test_nothing_is_marked_sent_before_the_broker_has_confirmed(
    rabbit_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_answered(self: Confirms, timeout: float) -> set[str]:
        raise TimeoutError

    rabbit_world.publish(1, 2)
    with monkeypatch.context() as patched:
        patched.setattr(Confirms, "wait", never_answered)
        with pytest.raises(TimeoutError):
            _relay(rabbit_world)
    assert [row["sent_at"] for row in rabbit_world.outbox()] == [None, None]
    assert _relay(rabbit_world) == 2
    with Receiving(rabbit_world):
        assert eventually(lambda: len(rabbit_world.inbox()) == 2)


def test_an_unroutable_event_waits_with_its_error_and_goes_out_when_its_binding_appears(rabbit_world: Any) -> None:
    rabbit_world.publish(1, kind="unbound")
    rabbit_world.publish(2)
    assert _relay(rabbit_world) == 1
    lost, sent = rabbit_world.outbox()
    assert (lost["sent_at"], lost["attempts"], lost["error"]) == (None, 1, "unroutable or refused by the broker")
    assert sent["sent_at"] is not None
    rabbit_world.make_due(rabbit_world.shop, "outbox")
    with rabbit_world.broker.spy("shop.unbound.v1") as queue:
        assert _relay(rabbit_world) == 1
        assert len(rabbit_world.broker.take(queue)) == 1
    assert [row["error"] for row in rabbit_world.outbox()] == [None, None]


def test_an_event_that_nobody_should_get_needs_no_queue(rabbit_world: Any) -> None:
    rabbit_world.publish(1, kind="unheard")
    assert _relay(rabbit_world) == 1


def test_a_message_refused_by_the_broker_waits(rabbit_world: Any) -> None:
    refused = Confirms.__new__(Confirms)
    refused._pending, refused._nacked, refused._returned = {1: "a", 2: "b", 3: "c"}, set(), set()
    refused._on_ack(1, False)
    refused._on_nack(3, True)
    assert refused.wait(1) == {"b", "c"}
    assert refused.wait(1) == set()


def test_one_answer_may_settle_many_messages() -> None:
    confirms = Confirms.__new__(Confirms)
    confirms._pending = {number: str(number) for number in range(1, 6)}
    confirms._on_ack(4, True)
    assert confirms._pending == {5: "5"}
    confirms._on_ack(4, True)  # a tag that was settled before
    assert confirms._pending == {5: "5"}


def test_messages_are_persistent_and_carry_the_id_of_the_event(rabbit_world: Any) -> None:
    (event,) = rabbit_world.publish(1, last_name="Le Goff")
    with rabbit_world.broker.spy("shop.ordered.v1") as queue:
        _relay(rabbit_world)
        with rabbit_world.broker.admin() as connection:
            message = connection.default_channel.basic_get(queue, no_ack=True)
    assert message.properties["delivery_mode"] == 2
    assert message.properties["message_id"] == str(event.id)
    assert message.properties["content_type"] == "application/cloudevents+json"
    body = message.body if isinstance(message.body, str) else message.body.decode()
    assert json.loads(body)["id"] == str(event.id)
    assert "Le Goff" not in body
    assert "last_name" not in body


def test_a_receiver_that_dies_between_storing_and_acknowledging_stores_once(
    rabbit_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rabbit_world.publish(1)
    _relay(rabbit_world)

    def die(*_args: object, **_options: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Message, "ack", die)
        with Receiving(rabbit_world) as receiving:
            assert eventually(lambda: receiving.error)
    assert len(rabbit_world.inbox()) == 1
    acknowledged = threading.Event()
    ack = Message.ack

    def note(self: Any, **options: Any) -> None:
        ack(self, **options)
        acknowledged.set()

    monkeypatch.setattr(Message, "ack", note)
    with Receiving(rabbit_world):
        assert acknowledged.wait(15)
    assert len(rabbit_world.inbox()) == 1
    inbox.process_due(rabbit_world.kitchen.runtime)
    assert rabbit_world.meals() == [("s1", 1)]


def test_what_has_arrived_is_stored_in_few_commits_and_all_of_it_acknowledged(rabbit_world: Any) -> None:
    rabbit_world.publish(*range(1, 201))
    _relay(rabbit_world)
    commits: list[object] = []
    listen(rabbit_world.kitchen.runtime.engine, "commit", commits.append)
    with Receiving(rabbit_world):
        assert eventually(lambda: len(rabbit_world.inbox()) == 200)
    assert len(commits) < 100
    assert rabbit_world.broker.take("kitchen.events", seconds=0.5) == []


@pytest.mark.parametrize(
    "poison",
    [
        b"not an envelope",
        b"\xff\xfe",
        b"{}",
        b'{"id": 5, "type": "x", "subject": "y"}',
        b'{"id": "01a1ffce-2e65-71e1-94d6-21f775d8ffc1", "type": "x", "subject": "a\\u0000"}',
        b'{"id": "01a1ffce-2e65-71e1-94d6-21f775d8ffc1", "type": "x", "subject": "' + b"s" * 200 + b'"}',
        b"[" * 100_000,
    ],
    ids=["text", "bytes", "empty", "number", "nul", "long", "nested"],
)
def test_what_is_no_envelope_goes_to_the_dead_letters_and_the_rest_flows(rabbit_world: Any, poison: bytes) -> None:
    rabbit_world.broker.put(poison, "shop.ordered.v1")
    rabbit_world.publish(1)
    _relay(rabbit_world)
    with Receiving(rabbit_world) as receiving:
        assert eventually(lambda: len(rabbit_world.inbox()) == 1)
        ((headers, body),) = rabbit_world.broker.take(DEAD_LETTERS)
        assert receiving.error is None
    assert body == poison
    assert headers["x-first-death-reason"] == "rejected"


def test_a_service_reads_its_own_queue_only_and_declares_nothing(rabbit_world: Any) -> None:
    url = rabbit_world.broker.url("kitchen")
    with rabbit.connect(url) as connection, pytest.raises(amqp.AccessRefused):
        connection.channel().basic_consume("shop.events")
    with rabbit.connect(url) as connection, pytest.raises(amqp.AccessRefused):
        connection.channel().queue_declare("mine", durable=True, auto_delete=False)


@pytest.fixture
def broker_wire(rabbit_world: Any) -> Iterator[TcpProxy]:
    with TcpProxy("127.0.0.1", rabbit_world.broker.port) as wire:
        yield wire


def test_a_broker_away_at_the_start_and_later_loses_nothing(rabbit_world: Any, broker_wire: TcpProxy) -> None:
    url = rabbit_world.broker.url("shop", port=broker_wire.port)
    shop = rabbit_world.shop.runtime
    with closing(RabbitRelay(url)) as relay:
        broker_wire.cut()
        rabbit_world.publish(1)
        with pytest.raises(Exception, match=r"refused|reset|closed|unexpected"):
            relay.relay(shop)
        assert rabbit_world.outbox()[0]["sent_at"] is None
        broker_wire.mend()
        assert relay.relay(shop) == 1
        broker_wire.cut()
        rabbit_world.publish(2, 3)
        with pytest.raises(Exception, match=r".*"):
            relay.relay(shop)
        broker_wire.mend()
        assert relay.relay(shop) == 2
    with Receiving(rabbit_world):
        assert eventually(lambda: len(rabbit_world.inbox()) == 3)


def test_a_receiver_whose_broker_went_away_ends_and_the_next_one_goes_on(
    rabbit_world: Any, broker_wire: TcpProxy
) -> None:
    url = rabbit_world.broker.url("kitchen", port=broker_wire.port)
    rabbit_world.publish(1)
    _relay(rabbit_world)
    with Receiving(rabbit_world, url) as receiving:
        assert eventually(lambda: len(rabbit_world.inbox()) == 1)
        broker_wire.cut()
        assert eventually(lambda: receiving.error)
    broker_wire.mend()
    rabbit_world.publish(2)
    _relay(rabbit_world)
    with Receiving(rabbit_world, url):
        assert eventually(lambda: len(rabbit_world.inbox()) == 2)


def test_connecting_to_a_broker_that_is_away_ends_soon() -> None:
    started = time.monotonic()
    with pytest.raises(OperationalError, match="refused"):
        rabbit.connect("amqp://shop:x@127.0.0.1:9/bailleurs")
    assert time.monotonic() - started < rabbit.CONNECT_TIMEOUT_SECONDS + 5


def test_an_idle_relay_keeps_its_connection(
    rabbit_world: Any, broker_wire: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rabbit, "HEARTBEAT_SECONDS", 1)
    url = rabbit_world.broker.url("shop", port=broker_wire.port)
    with closing(RabbitRelay(url)) as relay:
        rabbit_world.publish(1)
        relay.relay(rabbit_world.shop.runtime)
        for _ in range(20):
            relay.relay(rabbit_world.shop.runtime)
            time.sleep(0.2)
        rabbit_world.publish(2)
        assert relay.relay(rabbit_world.shop.runtime) == 1
    assert broker_wire.accepted == 1


def test_a_broker_short_of_memory_holds_up_the_relay_for_a_bounded_time_only(
    rabbit_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rabbit, "CONFIRM_TIMEOUT_SECONDS", 2)
    broker = rabbit_world.broker
    rabbit_world.publish(*range(1, 1001), last_name="x" * 40)
    broker.ctl("set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        started = time.monotonic()
        with pytest.raises((TimeoutError, OSError)):
            _relay(rabbit_world)
        assert time.monotonic() - started < 15
    finally:
        broker.ctl("set_vm_memory_high_watermark", "0.6")
    assert {row["sent_at"] for row in rabbit_world.outbox()} == {None}
    monkeypatch.undo()
    assert _relay(rabbit_world) == 1000


@pytest.fixture
def database_wire(
    rabbit_world: Any, postgres_urls: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TcpProxy]:
    """The kitchen's database behind a wire."""
    from chassis.runtime import Runtime

    direct = make_url(postgres_urls["kitchen"])
    with TcpProxy(str(direct.host), int(direct.port or 5432)) as wire:
        settings = rabbit_world.kitchen.runtime.settings
        through = direct.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
        fields = {**vars(settings), "database_url": through}
        runtime = Runtime(rabbit_world.kitchen.runtime.service, type(settings)(**fields))
        monkeypatch.setattr(rabbit_world.kitchen, "runtime", runtime)
        yield wire
        monkeypatch.undo()
        runtime.dispose()


def test_a_database_away_for_a_while_loses_nothing_and_uses_up_no_delivery(
    rabbit_world: Any, database_wire: TcpProxy
) -> None:
    rabbit_world.publish(*range(1, 4))
    _relay(rabbit_world)
    database_wire.cut()
    for _ in range(5):
        with Receiving(rabbit_world) as receiving:
            assert eventually(partial(getattr, receiving, "error"))
        assert type(receiving.error).__name__ == "OperationalError"
    with rabbit_world.broker.admin() as connection:
        message = connection.default_channel.basic_get("kitchen.events")
        assert "x-delivery-count" not in (message.headers or {})
    database_wire.mend()
    with Receiving(rabbit_world):
        assert eventually(lambda: len(rabbit_world.inbox()) == 3)


def test_a_database_lost_in_the_middle_of_receiving_gives_the_messages_back(
    rabbit_world: Any, database_wire: TcpProxy
) -> None:
    with Receiving(rabbit_world) as receiving:
        rabbit_world.publish(1)
        _relay(rabbit_world)
        assert eventually(lambda: len(rabbit_world.inbox()) == 1)
        database_wire.cut()
        rabbit_world.publish(2)
        _relay(rabbit_world)
        assert eventually(lambda: receiving.error)
    database_wire.mend()
    with Receiving(rabbit_world):
        assert eventually(lambda: len(rabbit_world.inbox()) == 2)


def test_two_relays_send_each_event_once_to_the_broker(rabbit_world: Any) -> None:
    rabbit_world.publish(*range(1, 101))
    with rabbit_world.broker.spy("shop.ordered.v1") as queue:
        shop = rabbit_world.shop.runtime
        with shop.transaction() as first:
            taken = outbox.claim(first, 40)
            assert _relay(rabbit_world) == 60
            assert len(taken) == 40
        assert len(rabbit_world.broker.take(queue)) == 60
