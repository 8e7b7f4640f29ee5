"""What a worker spends on an event, beside the bare writes of its handler and the same events one by one.

The gain is one of processor time: seconds that pass say how busy the machine is.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
from chassis import clock, events, inbox, runtime, tracing
from chassis.db import upsert
from chassis.testing.harness import Harness
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tools.bench.events.ground import Ground, Spent, costs, empty, latest, meal, ordered, publish, rates, spent
from tools.bench.figures import Figure

EVENTS = 600
ROUNDS = 3


def figures(made: Ground) -> list[Figure]:
    publish(made.shop, EVENTS)
    envelopes = [row["envelope"] for row in sorted(made.shop.rows("outbox"), key=lambda row: row["seq"])]
    empty(made.shop)
    ways = {"inbox": _handle, "one by one": _one_by_one, "handler": _handler, "bare": _bare}
    taken: dict[str, list[Spent]] = {way: [] for way in ways}
    # In turns: what slows the machine slows all.
    for _ in range(ROUNDS):
        for way, work in ways.items():
            empty(made.kitchen)
            with made.kitchen.transaction() as session:
                inbox.receive(session, envelopes)
            taken[way].append(spent(partial(work, made.kitchen)))
            if len(made.kitchen.rows("meal")) != EVENTS:
                raise RuntimeError(f"{way}: not all events were handled once")
    empty(made.kitchen)
    rate, cost = rates(taken, EVENTS), costs(taken, EVENTS)
    gain = cost["one by one"] / cost["inbox"]
    own, own_before = cost["inbox"] - cost["handler"], cost["one by one"] - cost["handler"]
    return [
        Figure("processor of the worker, an event", cost["inbox"], "ms", cost["bare"]),
        Figure("the same one by one, as before", cost["one by one"], "ms", cost["bare"]),
        Figure("of both, the handler's statements", cost["handler"], "ms", cost["bare"]),
        Figure("gain by handling several at a time, statements made once", gain, "x", aim=">= 5", met=gain >= 5),
        Figure("gain without the handler's statements", own_before / own, "x"),
        Figure("events handled, one worker", rate["inbox"], "/s", rate["bare"]),
        Figure("events handled one by one, as before", rate["one by one"], "/s", rate["bare"]),
    ]


def _handle(kitchen: Harness) -> None:
    while inbox.process_due(kitchen.runtime):
        pass


def _one_by_one(kitchen: Harness) -> None:
    """As before the inbox took several and handlers made their statements once: a transaction, a savepoint and two
    statements of its own an event, and the handler's made anew."""
    while _one(kitchen):
        pass


def _one(kitchen: Harness) -> bool:
    with kitchen.runtime.transaction() as session:
        table = inbox.table(session)
        due = table.c.done_at.is_(None) & table.c.dead_at.is_(None) & (table.c.next_attempt_at <= clock.now())
        oldest = select(table).where(due).order_by(table.c.seq).limit(1).with_for_update(skip_locked=True)
        row = session.execute(oldest).one_or_none()
        if row is None:
            return False
        with session.begin_nested():
            event: Any = events.from_envelope(row.envelope, runtime.of(session).settings)
            _ordered_anew(session, event)
        done = {"done_at": clock.now(), "error": None, "envelope": ""}
        session.execute(update(table).where(table.c.seq == row.seq).values(**done))
    return True


def _ordered_anew(session: Session, event: Any) -> None:
    version = event.data["version"]
    values = {"subject": event.subject, "version": version, "last_name": event.personal.get("last_name")}
    session.execute(insert(meal).values(**values, trace_id=tracing.current_trace_id()))
    new = upsert(session, latest).values(subject=event.subject, version=0).on_conflict_do_nothing()
    session.execute(new.returning(latest.c.subject)).all()
    newer = update(latest).where(latest.c.subject == event.subject, latest.c.version < version)
    session.execute(newer.values(version=version))


def _handler(kitchen: Harness) -> None:
    """The handler alone, in one transaction."""
    with kitchen.runtime.transaction() as session:
        table = inbox.table(session)
        for envelope in session.execute(select(table.c.envelope).order_by(table.c.seq)).scalars().all():
            ordered(session, events.from_envelope(envelope, kitchen.runtime.settings))


def _bare(kitchen: Harness) -> None:
    """What the handler writes, by the driver, one commit for all."""
    with kitchen.runtime.read_only() as session:
        table = inbox.table(session)
        rows = session.execute(select(table.c.envelope).order_by(table.c.seq)).scalars().all()
    connection: Any = kitchen.runtime.engine.raw_connection()
    try:
        driver = connection.driver_connection
        for row in rows:
            event = orjson.loads(row)
            subject, version = event["subject"], event["data"]["version"]
            driver.execute("INSERT INTO meal (subject, version) VALUES (%s, %s)", (subject, version))
            driver.execute("INSERT INTO latest VALUES (%s, 0) ON CONFLICT DO NOTHING RETURNING subject", (subject,))
            newer = "UPDATE latest SET version = %s WHERE subject = %s AND version < %s"
            driver.execute(newer, (version, subject, version))
        driver.commit()
    finally:
        connection.close()
