"""The working half of a process: nothing in it dies of an error, and it stops in bounded time."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chassis import inbox
from chassis.runtime import Runtime
from runner import schedule
from runner.relay import inprocess
from runner.relay.inprocess import InProcessRelay
from runner.worker import Worker
from sqlalchemy import text


def eventually(true: Callable[[], Any], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(true())


@pytest.fixture
def working(sqlite_world: Any) -> Iterator[Worker]:
    one = Worker(sqlite_world.runtimes)
    one.start()
    yield one
    one.stop()


def test_a_committed_event_is_handled_within_moments_without_being_asked(working: Worker, sqlite_world: Any) -> None:
    time.sleep(0.3)  # everything waits by now
    started = time.monotonic()
    sqlite_world.publish(1)
    assert eventually(sqlite_world.meals)
    assert time.monotonic() - started < schedule.POLL_SECONDS / 2


def test_what_was_committed_before_the_start_is_handled(sqlite_world: Any) -> None:
    sqlite_world.publish(1, 2, 3)
    one = Worker(sqlite_world.runtimes)
    one.start()
    assert eventually(lambda: len(sqlite_world.meals()) == 3)
    one.stop()


def test_an_outbox_that_cannot_be_read_does_not_hold_up_the_other_services(
    sqlite_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtimes = [sqlite_world.kitchen.runtime, sqlite_world.shop.runtime]
    one = Worker(runtimes)
    relay = InProcessRelay.relay

    def failing(self: Any, source: Any) -> int:
        if source.name == "kitchen":
            raise OSError("disk I/O error")
        return relay(self, source)

    monkeypatch.setattr(InProcessRelay, "relay", failing)
    one.start()
    sqlite_world.publish(1)
    assert eventually(sqlite_world.meals)
    one.stop()


def test_stopping_ends_every_thread(working: Worker) -> None:
    assert all(thread.is_alive() for thread in working._threads)
    started = time.monotonic()
    working.stop()
    assert time.monotonic() - started < 5
    assert not any(thread.is_alive() for thread in working._threads)


def test_stopping_waits_no_longer_than_asked_in_all_however_many_threads_hang(sqlite_world: Any) -> None:
    one, release = Worker(sqlite_world.runtimes), threading.Event()

    def hang() -> None:
        release.wait(20)

    for number in range(5):
        one._spawn(f"hanging {number}", hang)
    started = time.monotonic()
    one.stop(timeout=0.5)
    assert time.monotonic() - started < 2
    release.set()


def test_a_thread_that_raises_is_started_again_after_growing_waits(
    sqlite_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    one = Worker(sqlite_world.runtimes)

    class Counting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            if len(waits) == 8:
                self.set()
            return self.is_set()

    monkeypatch.setattr(one, "_stopping", Counting())
    one._supervised("failing", lambda: [][1])
    assert waits == [0.5, 1, 2, 4, 8, 15, 15, 15]


def test_a_thread_that_worked_for_a_while_starts_with_a_short_wait_again(
    sqlite_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    seconds = iter([0, 1, 1, 2, 2, 100, 100, 101])  # the third run lasts 98 seconds
    one = Worker(sqlite_world.runtimes)

    class Counting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            if len(waits) == 4:
                self.set()
            return self.is_set()

    monkeypatch.setattr(one, "_stopping", Counting())
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    one._supervised("failing", lambda: [][1])
    monkeypatch.undo()
    assert waits == [0.5, 1, 0.5, 1]


def test_what_interrupted_a_thread_is_logged_by_its_kind(sqlite_world: Any, logged: Any) -> None:
    one = Worker(sqlite_world.runtimes)

    def fail() -> None:
        one._stopping.set()
        raise ValueError("Mme Le Goff")

    one._supervised("inbox kitchen", fail)
    (line,) = logged()
    assert (line["event"], line["thread"], line["error"]) == ("work interrupted", "inbox kitchen", "ValueError")
    assert "Goff" not in str(line)


@pytest.mark.containers
def test_with_a_broker_the_worker_carries_events_from_one_service_to_the_other(rabbit_world: Any) -> None:
    workers = [Worker([runtime]) for runtime in rabbit_world.runtimes]
    for one in workers:
        one.start()
    rabbit_world.publish(*range(1, 6))
    assert eventually(lambda: len(rabbit_world.meals()) == 5, 20)
    names = {thread.name for one in workers for thread in one._threads}
    assert {"relay shop", "relay kitchen", "receiver kitchen", "listener shop", "inbox kitchen"} <= names
    assert "receiver shop" not in names  # it subscribes to nothing
    for one in workers:
        one.stop()


@pytest.mark.containers
def test_a_worker_whose_database_connections_were_cut_goes_on(rabbit_world: Any) -> None:
    workers = [Worker([runtime]) for runtime in rabbit_world.runtimes]
    for one in workers:
        one.start()
    rabbit_world.publish(1)
    assert eventually(lambda: rabbit_world.meals(), 20)
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    for runtime in rabbit_world.runtimes:
        with runtime.transaction() as session:
            session.execute(cut)
    rabbit_world.publish(2)
    assert eventually(lambda: len(rabbit_world.meals()) == 2, 20)
    for one in workers:
        one.stop()


def test_an_event_that_failed_is_tried_again_when_it_is_due_and_not_at_the_poll(
    sqlite_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "BACKOFF_SECONDS", (0.1,))
    one = Worker(sqlite_world.runtimes)
    one.start()
    sqlite_world.publish(1, kind="spoiled", last_name="Le Goff")
    sqlite_world.publish(2)
    assert eventually(lambda: any(row["attempts"] >= 3 for row in sqlite_world.inbox()))
    assert sqlite_world.meals() == [("s1", 2)]
    one.stop()


def test_more_events_than_are_handled_at_a_time_need_no_second_call(
    sqlite_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "BATCH", 2)
    monkeypatch.setattr(inprocess, "BATCH", 3)
    one = Worker(sqlite_world.runtimes)
    one.start()
    sqlite_world.publish(*range(1, 12))
    assert eventually(lambda: len(sqlite_world.meals()) == 11)
    one.stop()


def test_a_worker_with_nothing_to_do_asks_nothing(sqlite_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    process_due, relay = inbox.process_due, InProcessRelay.relay

    def handling(runtime: Runtime) -> int:
        asked.append(runtime.name)
        return process_due(runtime)

    def relaying(self: InProcessRelay, runtime: Runtime) -> int:
        asked.append(runtime.name)
        return relay(self, runtime)

    monkeypatch.setattr(inbox, "process_due", handling)
    monkeypatch.setattr(InProcessRelay, "relay", relaying)
    one = Worker(sqlite_world.runtimes)
    one.start()
    sqlite_world.publish(1)
    sqlite_world.publish(1, kind="spoiled", last_name="Le Goff")
    assert eventually(lambda: len(sqlite_world.inbox()) == 2)
    with sqlite_world.kitchen.transaction() as session:
        session.execute(sqlite_world.kitchen.runtime.service.metadata.tables["inbox"].delete())

    def quiet() -> bool:
        before = len(asked)
        return not eventually(lambda: len(asked) > before, 1.2)

    assert eventually(quiet, 20)
    one.stop()
