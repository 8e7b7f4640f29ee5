"""What a worker does for every service: tell what waits, and forget what is old and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock, inbox, outbox
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from runner import housekeeping
from runner.housekeeping import Backlog
from shop.app import service as shop_service


@pytest.fixture
def shop(harness: HarnessFactory, database_url: str) -> Harness:
    return harness(shop_service, database_url)


def publish(shop: Harness, *subjects: str) -> None:
    with shop.transaction() as session:
        for subject in subjects:
            outbox.publish(session, "shop.ordered.v1", subject, {"version": 1})


def receive(shop: Harness, *subjects: str) -> None:
    publish(shop, *subjects)
    envelopes = [row["envelope"] for row in shop.rows("outbox") if row["subject"] in subjects]
    with shop.transaction() as session:
        inbox.receive(session, envelopes)


def change(shop: Harness, table: str, subject: str, **values: Any) -> None:
    rows = shop.runtime.service.metadata.tables[table]
    with shop.transaction() as session:
        session.execute(rows.update().where(rows.c.subject == subject).values(**values))


def subjects(shop: Harness, table: str) -> set[str]:
    return {row["subject"] for row in shop.rows(table)}


def test_what_waits_to_be_sent_is_counted_since_when(shop: Harness) -> None:
    with shop.runtime.read_only() as session:
        assert housekeeping.to_send(session) == Backlog(0, 0.0)
    with time_machine.travel(clock.now() - timedelta(seconds=90)):
        publish(shop, "a", "b")
    with shop.runtime.read_only() as session:
        waiting = housekeeping.to_send(session)
    assert waiting.pending == 2
    assert 89 < waiting.oldest_seconds < 120


def test_what_waits_to_be_handled_is_counted_apart_from_what_was_given_up(shop: Harness) -> None:
    with time_machine.travel(clock.now() - timedelta(seconds=90)):
        receive(shop, "given up")
    change(shop, "inbox", "given up", dead_at=clock.now())
    receive(shop, "waiting")
    with shop.runtime.read_only() as session:
        waiting = housekeeping.to_handle(session)
    assert (waiting.pending, waiting.dead) == (1, 1)
    assert waiting.oldest_seconds < 60


def test_only_events_sent_long_ago_are_forgotten(shop: Harness) -> None:
    publish(shop, "old", "recent", "waiting")
    change(shop, "outbox", "old", sent_at=clock.now() - timedelta(days=15))
    change(shop, "outbox", "recent", sent_at=clock.now() - timedelta(days=13))
    assert housekeeping.forget_sent(shop.runtime) == 1
    assert subjects(shop, "outbox") == {"recent", "waiting"}


def test_only_events_done_long_ago_are_forgotten(shop: Harness) -> None:
    receive(shop, "old", "recent", "waiting")
    change(shop, "inbox", "old", done_at=clock.now() - timedelta(days=31))
    change(shop, "inbox", "recent", done_at=clock.now() - timedelta(days=29))
    assert housekeeping.forget_done(shop.runtime) == 1
    assert subjects(shop, "inbox") == {"recent", "waiting"}


def test_idempotency_keys_are_forgotten_after_thirty_days(shop: Harness) -> None:
    table = shop.runtime.service.metadata.tables["idempotency_key"]
    known = {"caller": "c", "route": "POST /x", "fingerprint": "f", "finished": True}
    with shop.transaction() as session:
        for key, days in (("old", 31), ("new", 29)):
            made = clock.now() - timedelta(days=days)
            session.execute(table.insert().values(key=key, created_at=made, **known))
    assert housekeeping.forget_keys(shop.runtime) == 1
    assert [row["key"] for row in shop.rows("idempotency_key")] == ["new"]


@pytest.mark.parametrize("name", [job.name for job in housekeeping.JOBS])
def test_each_housekeeping_job_runs_on_an_empty_service(sqlite_world: Any, name: str) -> None:
    jobs = {job.name: job for job in housekeeping.JOBS}
    jobs[name].run(sqlite_world.shop.runtime)


def old(world: Any, table: str, **columns: Any) -> None:
    harness = world.shop if table == "outbox" else world.kitchen
    rows = harness.runtime.service.metadata.tables[table]
    with harness.transaction() as session:
        session.execute(rows.update().values(**columns))


def test_the_sweep_says_what_is_stuck_and_says_nothing_otherwise(sqlite_world: Any, logged: Any) -> None:
    for runtime in sqlite_world.runtimes:
        housekeeping.sweep(runtime)
    assert logged() == []
    long_ago = clock.now() - timedelta(minutes=5)
    sqlite_world.publish(1)
    old(sqlite_world, "outbox", created_at=long_ago)
    housekeeping.sweep(sqlite_world.shop.runtime)
    sqlite_world.carrier.relay(sqlite_world.shop.runtime)
    old(sqlite_world, "inbox", received_at=long_ago)
    housekeeping.sweep(sqlite_world.kitchen.runtime)
    old(sqlite_world, "inbox", dead_at=long_ago)
    housekeeping.sweep(sqlite_world.kitchen.runtime)
    assert [line["event"] for line in logged()] == ["outbox stuck", "inbox stuck", "dead events"]
    assert logged()[0]["oldest_seconds"] >= 300
