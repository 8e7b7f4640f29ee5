"""The same values on SQLite and PostgreSQL: instants keep their zone, euros their cents."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from chassis.db import changed, insert_new, keep_newer, upsert
from chassis.french import money
from chassis.ids import new_id
from chassis.testing.harness import Harness
from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from toybox.models import Thing


def keep(toy: Harness, **values: Any) -> None:
    with toy.transaction() as session:
        session.add(Thing(name="kept", **values))


def kept(toy: Harness) -> Thing:
    with toy.runtime.read_only() as session:
        return session.execute(select(Thing)).scalar_one()


def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(toy: Harness) -> None:
    paris = datetime(2026, 7, 1, 10, 30, 1, 123456, tzinfo=timezone(timedelta(hours=2)))
    keep(toy, at=paris)
    assert kept(toy).at == paris
    assert kept(toy).at.tzinfo is UTC  # type: ignore[union-attr]  # just kept


def test_a_naive_instant_is_refused_before_it_is_stored(toy: Harness) -> None:
    with pytest.raises(StatementError, match="naive"):
        keep(toy, at=datetime(2026, 7, 1))  # noqa: DTZ001  # what must be refused
    assert toy.rows("thing") == []


@pytest.mark.parametrize("euros", ["0.00", "0.01", "512.30", "-4.05", "999999999999.99"])
def test_euros_come_back_to_the_cent(toy: Harness, euros: str) -> None:
    keep(toy, amount=Decimal(euros))
    assert kept(toy).amount == Decimal(euros)
    assert type(kept(toy).amount) is Decimal


def test_euros_are_stored_as_whole_cents(toy: Harness) -> None:
    keep(toy, amount=Decimal("512.30"))
    with toy.runtime.read_only() as session:
        assert session.execute(text("SELECT amount FROM thing")).scalar_one() == 51230


def test_a_third_decimal_is_refused_not_rounded(toy: Harness) -> None:
    with pytest.raises(StatementError, match="montant"):
        keep(toy, amount=Decimal("0.005"))
    assert toy.rows("thing") == []


def test_the_database_adds_euros_exactly(toy: Harness) -> None:
    with toy.transaction() as session:
        session.add_all(Thing(name=f"n{cents}", amount=money.from_cents(cents)) for cents in range(100))
    with toy.runtime.read_only() as session:
        assert session.execute(select(func.sum(Thing.amount))).scalar_one() == Decimal("49.50")


def test_nothing_stays_nothing(toy: Harness) -> None:
    keep(toy)
    assert (kept(toy).amount, kept(toy).at) == (None, None)


def test_json_keeps_accents_lists_and_nulls(toy: Harness) -> None:
    extra = {"name": "Le Goff", "lines": ["a", "b"], "none": None, "deep": {"n": 1.5}}
    keep(toy, extra=extra)
    assert kept(toy).extra == extra


def test_a_unique_key_that_is_taken_is_an_error(toy: Harness) -> None:
    keep(toy)
    with pytest.raises(IntegrityError):
        keep(toy)


def test_errors_of_statements_do_not_show_their_values(toy: Harness) -> None:
    keep(toy)
    with pytest.raises(IntegrityError) as broken:
        keep(toy, extra={"last_name": "Le Goff"})
    assert "Le Goff" not in str(broken.value)


def test_insert_new_counts_only_what_was_not_there(toy: Harness) -> None:
    rows = [{"id": new_id(), "name": name} for name in ("a", "b")]
    with toy.transaction() as session:
        assert insert_new(session, Thing, rows) == 2
        assert insert_new(session, Thing, rows[0]) == 0
        assert insert_new(session, Thing, [{"id": new_id(), "name": "b"}, {"id": new_id(), "name": "c"}]) == 1


def test_insert_new_leaves_what_is_there_as_it_is(toy: Harness) -> None:
    first, second = new_id(), new_id()
    with toy.transaction() as session:
        insert_new(session, Thing, {"id": first, "name": "a"})
        insert_new(session, Thing, {"id": second, "name": "a"})
    assert [row["id"] for row in toy.rows("thing")] == [first]


def test_insert_new_takes_a_row_given_twice_once(toy: Harness) -> None:
    row = {"id": new_id(), "name": "a"}
    with toy.transaction() as session:
        assert insert_new(session, Thing, [row, row]) == 1


def test_upsert_updates_what_is_there(toy: Harness) -> None:
    with toy.transaction() as session:
        for amount in (Decimal(1), Decimal(2)):
            statement = upsert(session, Thing).values(id=new_id(), name="a", amount=amount)
            update_it = statement.on_conflict_do_update(index_elements=["name"], set_={"amount": amount})
            session.execute(update_it)
    assert [row["amount"] for row in toy.rows("thing")] == [Decimal("2.00")]


def test_changed_counts_the_rows_touched(toy: Harness) -> None:
    keep(toy)
    with toy.transaction() as session:
        touched = session.execute(update(Thing).where(Thing.name == "kept").values(amount=Decimal(1)))
        assert changed(touched) == 1
        assert changed(session.execute(update(Thing).where(Thing.name == "none").values(amount=None))) == 0


def test_a_row_is_kept_unless_a_newer_one_is_there_and_its_first_values_stay(toy: Harness) -> None:
    def written(version: int, name: str) -> bool:
        row = {"id": one, "name": name, "amount": Decimal(version), "extra": {"of": name}}
        with toy.transaction() as session:
            return keep_newer(session, Thing, row, newer=dearer, first=("name",))

    one = new_id()
    assert [written(*given) for given in ((2, "a"), (1, "b"), (3, "c"), (3, "d"))] == [True, False, True, False]
    assert [(row["name"], row["amount"], row["extra"]) for row in toy.rows("thing")] == [("a", Decimal(3), {"of": "c"})]


def dearer(known: Any, given: Any) -> ColumnElement[bool]:
    higher: ColumnElement[bool] = known.amount < given.amount
    return higher
