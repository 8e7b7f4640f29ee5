"""One caller at a time for an identifier, in however many threads and processes."""

import threading
from contextlib import nullcontext

import pytest
from chassis import alone
from chassis.testing.harness import Harness
from sqlalchemy import Engine


@pytest.mark.containers
@pytest.mark.parametrize("kind", ["engine", "one_by_one"])
def test_whoever_is_inside_keeps_the_others_out_on_any_engine(
    toy_on_postgres: Harness, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    # Processes share no thread lock.
    monkeypatch.setattr(alone, "THREADS", (nullcontext(),))
    engine: Engine = getattr(toy_on_postgres.runtime, kind)
    entered = threading.Event()

    def enter() -> None:
        with alone.alone(engine, "a"):
            entered.set()

    other = threading.Thread(target=enter)
    with alone.alone(engine, "a"):
        with alone.alone(engine, "b"):
            other.start()
        assert not entered.wait(0.5)
    other.join(10)
    assert entered.is_set()
