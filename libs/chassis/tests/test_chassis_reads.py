"""Reads: one statement without a transaction, several on one snapshot, and connections asked only when in doubt."""

from typing import Any

import pytest
from chassis import ids
from chassis.runtime import Runtime
from chassis.testing.harness import Harness
from sqlalchemy import bindparam, event, func, select, text
from sqlalchemy.exc import OperationalError
from toybox.models import Thing

COUNT = select(func.count()).select_from(Thing)
NAMED = select(Thing.id, Thing.name).where(Thing.name == bindparam("name"))


def add(toy: Harness, name: str) -> None:
    with toy.runtime.transaction() as session:
        session.add(Thing(name=name))


def test_one_statement_finds_what_was_committed(toy: Harness) -> None:
    add(toy, "a")
    assert [row.name for row in toy.runtime.rows(NAMED, {"name": "a"})] == ["a"]
    assert toy.runtime.rows(NAMED, {"name": "b"}) == []


def test_one_statement_sends_nothing_else(toy: Harness) -> None:
    sent: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement.split()[0])

    event.listen(toy.runtime.engine, "before_cursor_execute", keep)
    toy.runtime.rows(NAMED, {"name": "a"})
    event.remove(toy.runtime.engine, "before_cursor_execute", keep)
    assert sent == ["SELECT"]


def test_a_writer_after_one_statement_is_in_a_transaction_again(toy: Harness) -> None:
    toy.runtime.rows(NAMED, {"name": "a"})
    with pytest.raises(ZeroDivisionError), toy.runtime.transaction() as session:
        session.add(Thing(name="a"))
        session.flush()
        _ = 1 / 0
    assert toy.rows("thing") == []


def test_the_statements_of_a_session_agree(toy: Harness) -> None:
    with toy.runtime.read_only() as session:
        before = session.scalar(COUNT)
        add(toy, "a")
        assert session.scalar(COUNT) == before == 0
    with toy.runtime.read_only() as session:
        assert session.scalar(COUNT) == 1


def cut(runtime: Runtime) -> None:
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
    with runtime.transaction() as session:
        session.execute(text(f"{others} AND pid != pg_backend_pid()"))


@pytest.mark.containers
def test_connections_that_the_server_has_closed_are_replaced(toy_on_postgres: Harness, tmp_path: Any) -> None:
    url = toy_on_postgres.runtime.engine.url.render_as_string(hide_password=False)
    elsewhere = Harness.create(toy_on_postgres.runtime.service, url, tmp_path)
    for name in (str(ids.new_id()) for _ in range(3)):
        assert elsewhere.runtime.rows(NAMED, {"name": name}) == []
        cut(toy_on_postgres.runtime)
        add(elsewhere, name)
        cut(toy_on_postgres.runtime)
        assert len(elsewhere.runtime.rows(NAMED, {"name": name})) == 1
    elsewhere.close()


@pytest.mark.containers
@pytest.mark.parametrize(("trusted", "asked"), [(30, 0), (0, 1)])
def test_only_a_connection_that_was_idle_for_long_is_asked(
    toy_on_postgres: Harness, monkeypatch: pytest.MonkeyPatch, trusted: int, asked: int
) -> None:
    runtime, pings = toy_on_postgres.runtime, list[object]()
    runtime.rows(NAMED, {"name": "a"})
    monkeypatch.setattr("chassis.db.TRUSTED_SECONDS", trusted)
    monkeypatch.setattr(runtime.engine.dialect, "do_ping", pings.append)
    runtime.rows(NAMED, {"name": "a"})
    assert len(pings) == asked


@pytest.mark.containers
@pytest.mark.parametrize("when", ["before the next statement", "before the commit"])
def test_a_server_that_dies_in_a_transaction_is_a_database_error(
    toy_on_postgres: Harness, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Which the API answers 503: try again."""
    toy, name = toy_on_postgres, str(ids.new_id())
    monkeypatch.setattr("chassis.changes.EVERY_SECONDS", 0)
    with pytest.raises(OperationalError), toy.runtime.transaction() as session:
        session.add(Thing(name=name))
        session.flush()
        process = session.scalar(select(func.pg_backend_pid()))
        with toy.runtime.transaction() as other:
            other.execute(text(f"SELECT pg_terminate_backend({process}, 5000)"))
        if when == "before the next statement":
            session.scalar(COUNT)
    assert toy.runtime.rows(NAMED, {"name": name}) == []


PREPARED = text("SELECT count(*) FROM pg_prepared_statements")


@pytest.mark.containers
def test_what_a_snapshot_prepared_is_prepared_for_the_next(toy_on_postgres: Harness) -> None:
    with toy_on_postgres.runtime.read_only() as session:
        for _ in range(6):
            session.execute(NAMED, {"name": "a"})
        before = session.scalar(PREPARED)
        process = session.scalar(select(func.pg_backend_pid()))
    with toy_on_postgres.runtime.read_only() as session:
        assert session.scalar(select(func.pg_backend_pid())) == process
        assert session.scalar(PREPARED) == before > 0


def test_what_a_snapshot_wrote_is_rolled_back(toy: Harness) -> None:
    with toy.runtime.read_only() as session:
        session.add(Thing(name="a"))
        session.flush()
    with toy.runtime.read_only() as session:
        session.add(Thing(name="b"))
    assert toy.rows("thing") == []


def test_a_snapshot_that_nobody_asked_anything_ends(toy: Harness) -> None:
    with toy.runtime.read_only():
        pass
    assert toy.runtime.rows(NAMED, {"name": "a"}) == []
