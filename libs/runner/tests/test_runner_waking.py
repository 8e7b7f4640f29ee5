"""What wakes background work: commits of this process and of others, a listener that was cut, and the poll behind."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from chassis import changes, outbox
from chassis.runtime import Runtime
from runner import waking, worker
from runner.worker import Worker
from sqlalchemy import text


def eventually(true: Callable[[], Any], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(true())


class Listening:
    """A listener of a service on its thread; counts how often it woke somebody."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.woken, self.stopping = runtime, 0, threading.Event()
        self.thread = threading.Thread(target=waking.listen, args=(runtime, self._wake, self.stopping), daemon=True)

    def _wake(self, _runtime: Runtime) -> None:
        self.woken += 1

    def __enter__(self) -> "Listening":
        self.thread.start()
        # What was committed before it listens counts as a change.
        assert eventually(lambda: self.woken)
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        self.thread.join(5)
        assert not self.thread.is_alive()

    def wakes(self, act: Callable[[], object]) -> bool:
        """Whether acting wakes the relay, the inbox and the jobs."""
        queues = (self.runtime.outbox_filled, self.runtime.inbox_filled)
        before = self.woken
        for filled in queues:
            filled.clear()
        act()
        return eventually(lambda: self.woken > before and all(filled.is_set() for filled in queues))


def change(runtime: Runtime) -> None:
    """As another process would, in which the notification of the last second does not count."""
    other = Runtime(runtime.service, runtime.settings)
    with other.transaction() as session:
        session.execute(text("DELETE FROM idempotency_key WHERE caller = 'c'"))
        session.execute(
            text(
                "INSERT INTO idempotency_key (caller, route, key, fingerprint, created_at, finished)"
                " VALUES ('c', 'r', 'k', 'f', '2026-07-01', true)"
            )
        )
    other.dispose()


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.containers)])
def shop(request: pytest.FixtureRequest) -> Runtime:
    world = request.getfixturevalue("sqlite_world" if request.param == "SQLite" else "rabbit_world")
    runtime: Runtime = world.shop.runtime
    return runtime


def test_the_commit_of_another_process_wakes_all_that_waits(shop: Runtime) -> None:
    with Listening(shop) as listening:
        assert listening.wakes(partial(change, shop))
        assert listening.wakes(partial(change, shop))


def test_a_transaction_that_wrote_nothing_or_was_rolled_back_wakes_nobody(shop: Runtime) -> None:
    with Listening(shop) as listening:
        with shop.transaction() as session:
            session.execute(text("DELETE FROM idempotency_key WHERE caller = 'nobody'"))
        with pytest.raises(ZeroDivisionError), shop.transaction() as session:
            session.execute(text("INSERT INTO sale (subject) VALUES ('s')"))
            _ = 1 / 0
        before = listening.woken
        assert not eventually(lambda: listening.woken > before, waking.LOOKED_AT_SECONDS * 2)


@pytest.mark.containers
def test_changes_within_a_second_of_the_last_notification_are_looked_at_too(rabbit_world: Any) -> None:
    shop = rabbit_world.shop.runtime
    other = Runtime(shop.service, shop.settings)
    with Listening(shop) as listening:
        for _ in range(2):
            with other.transaction() as session:
                session.execute(text("INSERT INTO sale (subject) VALUES ('s')"))
        # One notification for both, and a look when nobody commits without one any more.
        assert eventually(lambda: listening.woken == 3)
    other.dispose()


@pytest.mark.containers
@pytest.mark.parametrize(
    ("status", "statement", "wrote"),
    [
        ("INSERT 0 1", "INSERT", True),
        ("INSERT 0 0", "INSERT", False),
        ("UPDATE 3", "UPDATE", True),
        ("DELETE 0", "DELETE", False),
        ("COPY 5", "COPY", True),
        ("SELECT 1", "SELECT", False),
        ("SELECT 1", "WITH made AS (INSERT INTO t VALUES (1) RETURNING a) SELECT a FROM made", True),
        ("SELECT 1", "WITH found AS (SELECT 1) SELECT * FROM found", False),
        ("NOTIFY", f"NOTIFY {outbox.CHANNEL}", False),
    ],
)
def test_what_wrote_is_told_by_the_server(status: str, statement: str, wrote: bool) -> None:
    assert changes._wrote(status, statement) is wrote


@pytest.mark.containers
def test_an_event_that_another_process_commits_wakes_the_relay_alone(rabbit_world: Any) -> None:
    shop = rabbit_world.shop.runtime
    url = shop.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with Listening(shop), psycopg.connect(url, autocommit=True) as elsewhere:
        shop.outbox_filled.clear()
        shop.inbox_filled.clear()
        elsewhere.execute(f"NOTIFY {outbox.CHANNEL}")
        assert shop.outbox_filled.wait(10)
        assert not shop.inbox_filled.is_set()


@pytest.mark.containers
def test_a_listener_that_was_cut_listens_again(rabbit_world: Any) -> None:
    shop = rabbit_world.shop.runtime
    one = Worker([shop])
    one.start()
    listeners = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"

    def pids() -> set[int]:
        with shop.read_only() as session:
            return set(session.execute(text(listeners)).scalars())

    assert eventually(pids)
    (first,) = pids()
    with shop.read_only() as session:
        session.execute(text(f"SELECT pg_terminate_backend({first})"))
    assert eventually(lambda: pids() - {first})
    one.stop()


def test_an_event_whose_notification_was_lost_is_found_by_the_poll(
    sqlite_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(_runtime: Runtime, _woken: object, stopping: threading.Event) -> None:
        stopping.wait()

    monkeypatch.setattr(waking, "listen", deaf)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.3)
    one = Worker(sqlite_world.runtimes)
    one.start()
    assert eventually(lambda: not sqlite_world.shop.runtime.outbox_filled.is_set())
    elsewhere = Runtime(sqlite_world.shop.runtime.service, sqlite_world.shop.runtime.settings)
    with elsewhere.transaction() as session:
        outbox.publish(session, "shop.ordered.v1", "s1", {"version": 1})
    assert eventually(sqlite_world.meals)
    one.stop()
    elsewhere.dispose()
