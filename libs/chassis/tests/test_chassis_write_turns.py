import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from chassis import db
from chassis.db import make_engine
from chassis.write_turns import Turns

SECONDS = 10.0


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    made = make_engine(f"sqlite:///{tmp_path}/counted.sqlite3")
    with made.begin() as connection:
        connection.execute(sa.text("CREATE TABLE counted (number INTEGER NOT NULL)"))
        connection.execute(sa.text("INSERT INTO counted VALUES (0)"))
    return made


def test_turns_come_in_the_order_of_asking() -> None:
    turns, order, asked = Turns(), [], threading.Semaphore(0)

    def wait(number: int) -> None:
        asked.release()
        turns.take(SECONDS)
        order.append(number)
        turns.give()

    turns.take(SECONDS)
    waiting = []
    for number in range(5):
        waiting.append(threading.Thread(target=wait, args=(number,)))
        waiting[-1].start()
        asked.acquire()
        while len(turns._waiting) <= number:
            pass
    turns.give()
    for thread in waiting:
        thread.join(SECONDS)
    assert order == [0, 1, 2, 3, 4]


def test_who_gave_up_waiting_is_passed_over() -> None:
    turns = Turns()
    turns.take(SECONDS)
    with pytest.raises(TimeoutError):
        turns.take(0.01)
    turns.give()
    turns.take(0.01)


def test_many_writers_queue_and_none_fails(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(_number: int) -> None:
        with engine.begin() as connection:
            number = connection.execute(sa.text("SELECT number FROM counted")).scalar_one()
            connection.execute(sa.text("UPDATE counted SET number = :number"), {"number": number + 1})

    # Without a queue SQLite would refuse at once the writer that finds another one.
    sa.event.listen(engine, "connect", lambda driver, _record: driver.execute("PRAGMA busy_timeout = 0"))
    engine.dispose()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(400)))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT number FROM counted")).scalar_one() == 400


@pytest.mark.parametrize("kind", [db.snapshots, db.one_by_one])
def test_a_reader_does_not_wait_for_a_writer(engine: sa.Engine, kind: Callable[[sa.Engine], sa.Engine]) -> None:
    reader = kind(engine)
    with engine.begin(), reader.connect() as reading:
        assert reading.execute(sa.text("SELECT number FROM counted")).scalar_one() == 0


def test_a_turn_ends_with_a_failed_transaction(engine: sa.Engine) -> None:
    for _ in range(2):
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO counted VALUES (NULL)"))
    with pytest.raises(sa.exc.PendingRollbackError), engine.begin() as connection:
        connection.invalidate()
        connection.execute(sa.text("no SQL"))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE counted SET number = 1"))


def test_waiting_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "LOCK_TIMEOUT_SECONDS", 0.05)
    made = make_engine(f"sqlite:///{tmp_path}/busy.sqlite3")
    with made.begin(), pytest.raises(sa.exc.OperationalError), made.begin():
        pass
