"""Units of work: all or nothing, readers beside writers, and the relay is woken after the commit only."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from chassis import outbox, runtime
from chassis.db import make_engine
from chassis.testing.harness import Harness
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from toybox.models import Thing


class Crash(Exception):
    """Stands for the end of the process there."""


def publish(session: Session) -> None:
    outbox.publish(session, "toybox.made.v1", "a", {"name": "a"})


def names(toy: Harness) -> list[str]:
    return sorted(row["name"] for row in toy.rows("thing"))


def test_a_transaction_commits_at_its_end(toy: Harness) -> None:
    with toy.runtime.transaction() as session:
        session.add(Thing(name="a"))
    assert names(toy) == ["a"]


def test_an_error_undoes_all_of_it_and_goes_on_up(toy: Harness) -> None:
    with pytest.raises(Crash), toy.runtime.transaction() as session:
        session.add(Thing(name="a"))
        session.flush()
        publish(session)
        raise Crash
    assert (names(toy), toy.published()) == ([], [])


def test_what_is_written_in_a_reading_session_is_not_kept(toy: Harness) -> None:
    with toy.runtime.read_only() as session:
        session.add(Thing(name="a"))
        session.flush()
    assert names(toy) == []


def test_a_session_knows_its_runtime(toy: Harness) -> None:
    with toy.runtime.read_only() as session:
        assert runtime.of(session) is toy.runtime
    assert toy.runtime.name == "toybox"


def test_readers_do_not_wait_for_a_writer_and_see_what_was_committed(toy: Harness) -> None:
    with toy.runtime.transaction() as writing:
        writing.add(Thing(name="a"))
        writing.flush()
        started = time.monotonic()
        assert names(toy) == []
        assert time.monotonic() - started < 2
    assert names(toy) == ["a"]


def test_what_was_loaded_can_be_shown_after_the_commit(toy: Harness) -> None:
    with toy.runtime.transaction() as session:
        thing = Thing(name="a")
        session.add(thing)
    assert thing.name == "a"


def test_the_relay_is_woken_after_the_commit_of_an_event_and_not_before(toy: Harness) -> None:
    toy.runtime.outbox_filled.clear()
    with toy.runtime.transaction() as session:
        outbox.publish(session, "toybox.made.v1", "a", {"name": "a"})
        assert not toy.runtime.outbox_filled.is_set()
    assert toy.runtime.outbox_filled.is_set()


def test_the_relay_is_not_woken_when_nothing_was_published_or_all_was_undone(toy: Harness) -> None:
    toy.runtime.outbox_filled.clear()
    with toy.runtime.transaction() as session:
        session.add(Thing(name="a"))
    with pytest.raises(Crash), toy.runtime.transaction() as session:
        publish(session)
        raise Crash
    assert not toy.runtime.outbox_filled.is_set()


def increment(toy: Harness) -> None:
    with toy.runtime.transaction() as session:
        thing = session.execute(select(Thing).with_for_update()).scalar_one()
        thing.extra = {"count": (thing.extra or {"count": 0})["count"] + 1}


def test_twenty_writers_at_once_wait_for_each_other_and_lose_nothing(toy: Harness) -> None:
    with toy.runtime.transaction() as session:
        session.add(Thing(name="counter"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: increment(toy), range(20)))
    assert toy.rows("thing")[0]["extra"] == {"count": 20}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, toy: Harness) -> Iterator[Engine]:
    """A second process on the same database, that waits one second for a lock."""
    monkeypatch.setattr("chassis.db.LOCK_TIMEOUT_SECONDS", 1)
    engine = make_engine(toy.runtime.settings.database_url)
    yield engine
    engine.dispose()


def test_waiting_for_a_lock_ends(toy: Harness, impatient: Engine) -> None:
    with toy.runtime.transaction() as session:
        session.add(Thing(name="a"))
    with toy.runtime.transaction() as session:
        session.execute(select(Thing).with_for_update()).scalar_one()
        started = time.monotonic()
        with pytest.raises(OperationalError), Session(impatient) as second:
            second.execute(select(Thing).with_for_update()).scalar_one()
        assert time.monotonic() - started < 5


def test_sqlite_keeps_foreign_keys_and_writes_ahead(toy_on_sqlite: Harness) -> None:
    with toy_on_sqlite.runtime.read_only() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_a_connection_of_sqlite_keeps_four_megabytes_of_pages_at_most(toy_on_sqlite: Harness) -> None:
    """One process has some thirty connections, each with pages of its own."""
    with toy_on_sqlite.runtime.read_only() as session:
        assert session.execute(text("PRAGMA cache_size")).scalar_one() == -4000


@pytest.mark.containers
@pytest.mark.parametrize(("setting", "value"), [("timezone", "UTC"), ("lock_timeout", "10s")])
def test_postgresql_sessions_are_utc_and_bounded(toy_on_postgres: Harness, setting: str, value: str) -> None:
    with toy_on_postgres.runtime.read_only() as session:
        assert session.execute(text(f"SHOW {setting}")).scalar_one() == value


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: object) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/new/folder/x.sqlite3")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_two_readers_that_become_writers_do_not_deadlock(toy: Harness) -> None:
    barrier = threading.Barrier(2, timeout=5)

    def read_then_write(name: str) -> None:
        barrier.wait()
        with toy.runtime.transaction() as session:
            session.execute(select(Thing)).all()
            session.add(Thing(name=name))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read_then_write, ["a", "b"]))
    assert names(toy) == ["a", "b"]


def test_threads_that_ask_together_get_the_application_that_one_of_them_built(toy_on_sqlite: Harness) -> None:
    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(lambda _: toy_on_sqlite.client, range(4)))
    assert len(set(map(id, clients))) == 1
