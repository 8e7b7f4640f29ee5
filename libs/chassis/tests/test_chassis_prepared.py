"""SELECTs that the driver executes: the same rows and errors as through SQLAlchemy, in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from chassis import prepared
from chassis.ids import new_id
from chassis.testing.harness import Harness
from sqlalchemy import Connection, Float, Select, bindparam, column, event, func, literal, select, table, text
from sqlalchemy.exc import DBAPIError, OperationalError
from toybox.models import Thing

KNOWN = {
    "id": new_id(),
    "name": "a",
    "amount": Decimal("512.30"),
    "at": datetime(2026, 7, 1, 8, 30, 1, 123456, tzinfo=UTC),
    "extra": {"lignes": ["2 PLACE DES LICES", "35000 RENNES"], "count": 2},
}
BY_NAME = select(Thing.id, Thing.name, Thing.amount, Thing.at, Thing.extra).where(Thing.name == bindparam("name"))
BY_ID = select(Thing.name).where(Thing.id == bindparam("id"), Thing.at >= bindparam("since"))
# Constants of several values, one of them twice; a value that no column has.
ANY = select(Thing.name, literal(3).label("three")).where(Thing.name.in_(["a", "b", "a"])).order_by(Thing.name)


def add(toy: Harness, **values: Any) -> None:
    with toy.runtime.transaction() as session:
        session.add(Thing(**values))


@contextmanager
def driver_only() -> Iterator[None]:
    def through_sqlalchemy(*_arguments: object) -> None:
        raise AssertionError("it went through SQLAlchemy")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Connection, "execute", through_sqlalchemy)
        yield


@contextmanager
def heard(toy: Harness) -> Iterator[list[str]]:
    statements: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(toy.runtime.engine, "before_cursor_execute", keep)
    yield statements
    event.remove(toy.runtime.engine, "before_cursor_execute", keep)


def test_values_of_every_type_come_back_as_through_sqlalchemy(toy: Harness) -> None:
    add(toy, **KNOWN)
    add(toy, name="b")
    with driver_only():
        (row,), (empty,) = (toy.runtime.rows(BY_NAME, {"name": name}) for name in "ab")
    assert tuple(row) == tuple(KNOWN.values())
    assert [type(each) for each in row] == [type(each) for each in KNOWN.values()]
    assert (row.id, row.amount, row.extra) == (KNOWN["id"], KNOWN["amount"], KNOWN["extra"])
    assert (empty.amount, empty.at, empty.extra) == (None, None, None)


def test_nothing_is_found_in_an_empty_table(toy: Harness) -> None:
    with driver_only():
        assert toy.runtime.rows(BY_NAME, {"name": "a"}) == []


def test_parameters_are_converted_to_the_types_of_their_columns(toy: Harness) -> None:
    add(toy, **KNOWN)
    with driver_only():
        assert [row.name for row in toy.runtime.rows(BY_ID, {"id": KNOWN["id"], "since": KNOWN["at"]})] == ["a"]
        assert toy.runtime.rows(BY_ID, {"id": new_id(), "since": KNOWN["at"]}) == []


def test_constants_belong_to_the_statement(toy: Harness) -> None:
    for name in "abc":
        add(toy, name=name)
    with driver_only():
        for _ in range(2):
            assert [tuple(row) for row in toy.runtime.rows(ANY, {})] == [("a", 3), ("b", 3)]


def test_parameters_of_one_call_are_not_those_of_the_next(toy: Harness) -> None:
    for name in "ab":
        add(toy, name=name)
    assert [toy.runtime.rows(BY_NAME, {"name": name})[0].name for name in "abab"] == list("abab")


def test_a_missing_parameter_is_an_error(toy: Harness) -> None:
    with pytest.raises(KeyError, match="name"):
        toy.runtime.rows(BY_NAME, {"id": KNOWN["id"]})


def test_in_a_transaction_it_sees_what_the_transaction_wrote(toy: Harness) -> None:
    with pytest.raises(ZeroDivisionError), toy.runtime.transaction() as session:
        session.add(Thing(name="a"))
        session.flush()
        assert [row.name for row in prepared.rows(session.connection(), BY_NAME, {"name": "a"})] == ["a"]
        _ = 1 / 0
    assert toy.runtime.rows(BY_NAME, {"name": "a"}) == []


def test_the_statements_of_a_snapshot_agree(toy: Harness) -> None:
    with toy.runtime.read_only() as session:
        assert prepared.rows(session.connection(), BY_NAME, {"name": "a"}) == []
        add(toy, name="a")
        assert prepared.rows(session.connection(), BY_NAME, {"name": "a"}) == []


def test_an_error_of_the_driver_is_sqlalchemys_and_shows_no_value(toy: Harness) -> None:
    missing: Select[Any] = (
        select(column("name")).select_from(table("nowhere")).where(column("name") == bindparam("name"))
    )
    with pytest.raises(DBAPIError) as refused:
        toy.runtime.rows(missing, {"name": "Mme Le Goff"})
    assert "Le Goff" not in str(refused.value)
    assert toy.runtime.rows(BY_NAME, {"name": "a"}) == []


@pytest.mark.containers
def test_in_a_snapshot_the_first_error_is_told(toy_on_postgres: Harness) -> None:
    """Which the API answers 503; what follows it in the same transaction would be answered 500."""
    slow = select(func.pg_sleep(bindparam("seconds", type_=Float())))
    with pytest.raises(OperationalError), toy_on_postgres.runtime.read_only() as session:
        session.execute(text("SET LOCAL statement_timeout = 50"))
        prepared.rows(session.connection(), slow, {"seconds": 5.0})


def test_who_listens_to_statements_hears_of_it(toy: Harness) -> None:
    add(toy, **KNOWN)
    with heard(toy) as statements:
        (row,) = toy.runtime.rows(BY_NAME, {"name": "a"})
    assert tuple(row) == tuple(KNOWN.values())
    assert len(statements) == 1


def test_a_statement_that_is_gone_leaves_nothing_behind(toy: Harness) -> None:
    before = len(prepared._known)
    toy.runtime.rows(select(Thing.name).where(Thing.name == bindparam("name")), {"name": "a"})
    assert len(prepared._known) == before


@pytest.mark.parametrize("listened", [False, True])
def test_a_read_does_not_wait_for_a_writer(toy: Harness, listened: bool) -> None:
    """Not for its turn to write, either, which readers of SQLite need not take."""
    with toy.runtime.transaction() as session:
        session.add(Thing(name="a"))
        session.flush()
        with heard(toy) if listened else driver_only():
            assert toy.runtime.rows(BY_NAME, {"name": "a"}) == []
