"""What a relay spends on an event, beside publishing the same messages with confirms and nothing else.

The aim, half as fast at least, is one of processor time: seconds that pass say how busy the machine is.
"""

from __future__ import annotations

from contextlib import closing

from chassis import events
from runner.relay import rabbit
from runner.relay.confirms import Confirms
from runner.relay.rabbit import RabbitRelay

from tools.bench.events.ground import Ground, Spent, costs, empty, publish, rates, spent
from tools.bench.figures import Figure

EVENTS = 2_000
ROUNDS = 3


def figures(made: Ground) -> list[Figure]:
    taken: dict[str, list[Spent]] = {"relay": [], "raw": []}
    publish(made.shop, EVENTS)
    envelopes = [row["envelope"] for row in made.shop.rows("outbox")]
    # In turns: what slows the machine slows both.
    for _ in range(ROUNDS):
        _make_pending(made)
        taken["relay"].append(spent(lambda: _relay(made)))
        made.broker.purge()
        taken["raw"].append(spent(lambda: _raw(made, envelopes)))
        made.broker.purge()
    empty(made.shop)
    rate, cost = rates(taken, EVENTS), costs(taken, EVENTS)
    met = cost["relay"] <= cost["raw"] * 2
    return [
        Figure("processor of the relay, an event sent and confirmed", cost["relay"], "ms", cost["raw"], "<= 2 x", met),
        Figure("events sent and confirmed, one relay", rate["relay"], "/s", rate["raw"]),
    ]


def _make_pending(made: Ground) -> None:
    table = made.shop.runtime.service.metadata.tables["outbox"]
    with made.shop.transaction() as session:
        session.execute(table.update().values(sent_at=None))


def _relay(made: Ground) -> None:
    with closing(RabbitRelay(made.shop.runtime.settings.amqp_url)) as relay:
        sent = 0
        while sent < EVENTS:
            sent += relay.relay(made.shop.runtime)


def _raw(made: Ground, envelopes: list[str]) -> None:
    """py-amqp's publish on kombu's channel, persistent, mandatory, confirmed in the relay's batches."""
    connection = rabbit.connect(made.shop.runtime.settings.amqp_url)
    try:
        channel = connection.channel()
        confirms = Confirms(connection, channel)
        for start in range(0, len(envelopes), rabbit.BATCH):
            for number, envelope in enumerate(envelopes[start : start + rabbit.BATCH], start):
                message = channel.prepare_message(envelope.encode(), properties={"delivery_mode": 2})
                channel.basic_publish(message, exchange=events.EXCHANGE, routing_key="shop.ordered.v1", mandatory=True)
                confirms.sent(str(number))
            confirms.wait(rabbit.CONFIRM_TIMEOUT_SECONDS)
    finally:
        connection.collect()
