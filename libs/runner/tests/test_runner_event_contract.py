"""What every carrier promises: committed is delivered, at least once, handled once, in order per subject while one
relay sends. The same tests on SQLite in process, PostgreSQL in process, and RabbitMQ with PostgreSQL.
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis import inbox, keys, outbox, tracing
from chassis.events import Event
from chassis.settings import Settings
from kitchen.app import Stove


class Killed(Exception):
    """Stands for the end of the process at that line."""


def die(*_args: object, **_options: object) -> None:
    raise Killed


def test_a_committed_event_reaches_its_subscriber_with_its_personal_data(world: Any) -> None:
    world.publish(1, last_name="Le Goff")
    world.settle()
    assert world.meals() == [("s1", 1)]
    assert world.kitchen.rows("meal")[0]["last_name"] == "Le Goff"
    assert [row["error"] for row in world.outbox() + world.inbox()] == [None, None]


def test_an_event_rolled_back_with_its_change_reaches_nobody(world: Any) -> None:
    with pytest.raises(Killed), world.shop.transaction() as session:
        die(outbox.publish(session, "shop.ordered.v1", "s1", {"version": 1}))
    world.publish(2)
    world.settle()
    assert world.meals() == [("s1", 2)]


def test_a_crash_after_the_commit_and_before_sending_loses_nothing(world: Any) -> None:
    world.publish(1)
    world.shop.runtime.dispose()
    world.shop.runtime.outbox_filled.clear()
    world.settle()
    assert world.meals() == [("s1", 1)]


def test_a_crash_after_sending_and_before_the_mark_sends_again_and_is_handled_once(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish(1, 2)
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "mark_sent", die)
        with pytest.raises(Killed):
            world.carrier.relay(world.shop.runtime)
    assert [row["sent_at"] for row in world.outbox()] == [None, None]
    world.settle_copies(4)
    assert world.meals() == [("s1", 1), ("s1", 2)]
    assert len(world.inbox()) == 2


KILLED_RELAY = """
import os, sys, pathlib
sys.path.insert(0, sys.argv[1])
from chassis import outbox
from chassis.runtime import Runtime
from chassis.settings import Settings
from runner.testing.transports import InProcess
from runner.relay.rabbit import RabbitRelay
import shop.app, kitchen.app
outbox.mark_sent = lambda *_: os._exit(9)
def made(service):
    os.environ["BAILLEURS_DATABASE_URL"] = os.environ[service.name]
    return Runtime(service, Settings.load(service.name))
runtimes = [made(shop.app.service), made(kitchen.app.service)]
url = runtimes[0].settings.amqp_url
(RabbitRelay(url) if url else InProcess(runtimes)).relay(runtimes[0])
"""


def test_a_relay_killed_for_good_between_sending_and_marking_loses_and_doubles_nothing(
    world: Any, pytestconfig: pytest.Config
) -> None:
    world.publish(*range(1, 31))
    settings = world.shop.runtime.settings
    environment = {
        **os.environ,
        "shop": settings.database_url,
        "kitchen": world.kitchen.runtime.settings.database_url,
        "BAILLEURS_AMQP_URL": settings.amqp_url,
        "BAILLEURS_EVENT_KEY": settings.event_key,
    }
    toys = str(pytestconfig.rootpath / "libs/runner/tests/toys")
    killed = subprocess.run([sys.executable, "-c", KILLED_RELAY, toys], env=environment, timeout=60, check=False)  # noqa: S603  # our own script
    assert killed.returncode == 9
    assert {row["sent_at"] for row in world.outbox()} == {None}
    world.settle_copies(60)
    assert sorted(world.meals()) == [("s1", version) for version in range(1, 31)]


KILLED_WORKER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from dataclasses import replace
from chassis import inbox
from chassis.runtime import Runtime, Subscription
from chassis.settings import Settings
import kitchen.app
def dies(session, event):
    kitchen.app.ordered(session, event)
    if event.data["version"] == 5:
        os._exit(9)
service = replace(kitchen.app.service, subscriptions=(Subscription("shop.ordered.v1", dies),))
inbox.process_due(Runtime(service, Settings.load("kitchen")))
"""


def test_a_worker_killed_in_the_middle_of_several_events_loses_and_doubles_nothing(
    world: Any, pytestconfig: pytest.Config
) -> None:
    world.publish(*range(1, 31))
    world.carrier.relay(world.shop.runtime)
    deadline = time.monotonic() + 20
    while len(world.inbox()) < 30 and time.monotonic() < deadline:
        world.carrier.receive()
    settings = world.kitchen.runtime.settings
    environment = {
        **os.environ,
        "BAILLEURS_DATABASE_URL": settings.database_url,
        "BAILLEURS_EVENT_KEY": settings.event_key,
    }
    toys = str(pytestconfig.rootpath / "libs/runner/tests/toys")
    killed = subprocess.run([sys.executable, "-c", KILLED_WORKER, toys], env=environment, timeout=60, check=False)  # noqa: S603  # our own script
    assert killed.returncode == 9
    assert world.meals() == []
    assert {(row["done_at"], row["attempts"]) for row in world.inbox()} == {(None, 0)}
    world.settle()
    assert world.meals() == [("s1", version) for version in range(1, 31)]


def test_an_event_sent_twice_is_handled_once(world: Any) -> None:
    world.publish(1)
    world.settle()
    table = world.shop.runtime.service.metadata.tables["outbox"]
    with world.shop.transaction() as session:
        session.execute(table.update().values(sent_at=None))
    world.publish(2)
    world.settle_copies(3)
    assert world.meals() == [("s1", 1), ("s1", 2)]
    assert len(world.inbox()) == 2


def test_an_event_nobody_subscribed_to_on_purpose_is_sent_and_forgotten(world: Any) -> None:
    world.publish(1, kind="unheard")
    world.settle()
    assert world.outbox()[0]["sent_at"] is not None
    assert world.inbox() == []


def test_an_older_version_that_arrives_late_does_not_undo_the_newer_one(world: Any) -> None:
    first, _second = world.publish(1, 2)
    table = world.shop.runtime.service.metadata.tables["outbox"]
    late = table.update().where(table.c.event_id == first.id)
    with world.shop.transaction() as session:
        session.execute(late.values(next_attempt_at=first.time.replace(year=first.time.year + 1)))
    world.settle(lambda: len(world.meals()) == 1)
    with world.shop.transaction() as session:
        session.execute(late.values(next_attempt_at=first.time))
    world.settle()
    assert world.meals() == [("s1", 2), ("s1", 1)]
    assert [row["version"] for row in world.kitchen.rows("latest")] == [2]


def test_a_poisonous_event_dies_alone_and_replay_brings_it_back(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish(1)
    world.publish(5, kind="spoiled", last_name="Le Goff")
    world.publish(2)
    world.settle()
    for _ in range(world.kitchen.runtime.settings.inbox_max_attempts):
        world.make_due(world.kitchen, "inbox")
        inbox.process_due(world.kitchen.runtime)
    (dead,) = [row for row in world.inbox() if row["dead_at"]]
    assert dead["error"].startswith("RuntimeError at spoiled:")
    assert "Le Goff" not in str(dead)
    assert world.meals() == [("s1", 1), ("s1", 2)]
    monkeypatch.setattr(Stove, "broken", False)
    with world.kitchen.transaction() as session:
        assert inbox.replay(session) == 1
    world.settle()
    assert world.meals() == [("s1", 1), ("s1", 2), ("s1", 0)]


def test_an_event_sealed_with_another_key_is_set_aside_at_once_and_the_rest_flows(world: Any) -> None:
    foreign = Settings(service="shop", environment="test", event_key=keys.b64(b"x" * 32))
    event = Event(type="shop.ordered.v1", subject="s1", source="shop", data={"version": 1}, personal={"last_name": "x"})
    world.publish(1)
    table = world.shop.runtime.service.metadata.tables["outbox"]
    with world.shop.transaction() as session:
        session.execute(table.update().values(event_id=event.id, envelope=event.to_envelope(foreign)))
    world.publish(2)
    world.settle()
    assert world.meals() == [("s1", 2)]
    assert [row["error"][:15] for row in world.inbox() if row["dead_at"]] == ["EventUnreadable"]


def test_personal_data_is_readable_in_no_row(world: Any) -> None:
    world.publish(1, last_name="Le Goff")
    world.settle()
    stored = json.dumps([world.outbox(), world.inbox()], default=str)
    assert "Le Goff" not in stored
    assert "last_name" not in stored


def test_the_trace_goes_on_in_the_handler(world: Any) -> None:
    with tracing.span("request"):
        trace = tracing.current_trace_id()
        world.publish(1)
    world.settle()
    assert [row["trace_id"] for row in world.kitchen.rows("meal")] == [trace]


def test_a_thousand_events_arrive_in_the_order_of_each_subject(world: Any) -> None:
    subjects = [f"s{number}" for number in range(10)]
    with world.shop.transaction() as session:
        for version in range(1, 101):
            for subject in subjects:
                outbox.publish(session, "shop.ordered.v1", subject, {"version": version})
    while world.carrier.relay(world.shop.runtime):
        pass
    deadline = time.monotonic() + 30
    while len(world.inbox()) < 1000 and time.monotonic() < deadline:
        world.carrier.receive()
    came = [(row["subject"], json.loads(row["envelope"])["data"]["version"]) for row in world.inbox()]
    assert len(came) == 1000
    for subject in subjects:
        assert [version for name, version in came if name == subject] == list(range(1, 101))


def test_several_workers_keep_the_order_of_each_subject(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "BATCH", 7)
    subjects = [f"s{number}" for number in range(5)]
    with world.shop.transaction() as session:
        for version in range(1, 31):
            for subject in subjects:
                outbox.publish(session, "shop.ordered.v1", subject, {"version": version})
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: world.settle(lambda: len(world.meals()) == 150), range(4)))
    for subject in subjects:
        assert [version for name, version in world.meals() if name == subject] == list(range(1, 31))


def test_two_relays_of_one_outbox_never_double_an_effect(world: Any) -> None:
    for version in range(1, 61):
        world.publish(version)

    def relay_all(_number: int) -> None:
        while world.carrier.relay(world.shop.runtime):
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(relay_all, range(2)))
    world.settle()
    assert sorted(version for _subject, version in world.meals()) == list(range(1, 61))


def test_two_workers_of_one_inbox_handle_each_event_once(world: Any) -> None:
    world.publish(*range(1, 41))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: world.settle(), range(2)))
    assert sorted(version for _subject, version in world.meals()) == list(range(1, 41))
