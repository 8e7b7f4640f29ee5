"""When periodic jobs run: each at its time, after a change, when told that something is due, and after a failure."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from chassis import clock
from chassis.runtime import Periodic, Runtime
from runner import schedule
from runner.schedule import Schedule


def eventually(true: Callable[[], Any], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(true())


class Clockwork:
    """The schedule of one job of a service, on its thread; counts the runs."""

    def __init__(self, runtime: Runtime, job: Periodic) -> None:
        self.runtime = runtime
        self.stopping = threading.Event()
        self.ran: list[str] = []
        self.schedule = Schedule([], self.stopping)
        self.schedule.entries = [schedule.Entry(runtime, replace(job, run=self._counted(job.run)))]
        self.thread = threading.Thread(target=self.schedule.run, daemon=True)
        self.thread.start()

    def _counted(self, run: Callable[[Runtime], Any]) -> Callable[[Runtime], Any]:
        def counted(runtime: Runtime) -> Any:
            self.ran.append(runtime.name)
            return run(runtime)

        return counted

    def rests(self) -> bool:
        """Ran, and waits for its next time."""
        return eventually(lambda: self.ran and not self.schedule.threads)

    def stop(self) -> None:
        self.stopping.set()
        self.schedule.stop()
        self.thread.join(5)
        assert not self.thread.is_alive()


Start = Callable[[Periodic], Clockwork]


@pytest.fixture
def start(sqlite_world: Any) -> Iterator[Start]:
    made: list[Clockwork] = []

    def begin(job: Periodic) -> Clockwork:
        made.append(Clockwork(sqlite_world.shop.runtime, job))
        return made[-1]

    yield begin
    for one in made:
        one.stop()


def nothing(_runtime: Runtime) -> None:
    return


def test_a_periodic_job_runs_again_and_again_with_its_runtime(start: Start) -> None:
    clockwork = start(Periodic("tick", 0.01, nothing))
    assert eventually(lambda: len(clockwork.ran) >= 3)
    assert set(clockwork.ran) == {"shop"}


def test_a_periodic_job_waits_its_time_between_two_runs_whatever_changes(start: Start) -> None:
    clockwork = start(Periodic("t", 3600, nothing))
    assert clockwork.rests()
    clockwork.schedule.wake(clockwork.runtime)
    assert not eventually(lambda: len(clockwork.ran) > 1, 0.2)


def test_a_job_that_waits_for_changes_runs_after_each_and_not_without(start: Start) -> None:
    clockwork = start(Periodic("t", 0.01, nothing, on_change=True))
    assert clockwork.rests()
    assert not eventually(lambda: len(clockwork.ran) > 1, 0.2)
    clockwork.schedule.wake(clockwork.runtime)
    assert eventually(lambda: len(clockwork.ran) == 2)


def test_the_changes_of_another_service_do_not_wake_it(start: Start, sqlite_world: Any) -> None:
    clockwork = start(Periodic("t", 0.01, nothing, on_change=True))
    assert clockwork.rests()
    clockwork.schedule.wake(sqlite_world.kitchen.runtime)
    assert not eventually(lambda: len(clockwork.ran) > 1, 0.2)


def test_many_changes_wake_it_no_more_often_than_its_time(start: Start) -> None:
    clockwork = start(Periodic("t", 3600, nothing, on_change=True))
    assert clockwork.rests()
    for _ in range(50):
        clockwork.schedule.wake(clockwork.runtime)
    assert not eventually(lambda: len(clockwork.ran) > 1, 0.2)


def test_a_change_during_a_run_makes_it_run_again(start: Start) -> None:
    going, release = threading.Event(), threading.Event()

    def long(_runtime: Runtime) -> None:
        going.set()
        release.wait(10)

    clockwork = start(Periodic("t", 0.01, long, on_change=True))
    assert going.wait(5)
    clockwork.schedule.wake(clockwork.runtime)
    assert len(clockwork.ran) == 1  # never twice at a time
    release.set()
    assert eventually(lambda: len(clockwork.ran) == 2)


def test_without_any_notification_it_runs_at_the_slow_poll(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "POLL_SECONDS", 0.05)
    clockwork = start(Periodic("t", 0.01, nothing, on_change=True))
    assert eventually(lambda: len(clockwork.ran) >= 3)


def test_what_a_job_says_is_due_is_its_next_time(start: Start) -> None:
    def soon(_runtime: Runtime) -> datetime:
        return clock.now() + timedelta(seconds=0.05)

    clockwork = start(Periodic("t", 0.01, soon, on_change=True))
    assert eventually(lambda: len(clockwork.ran) >= 3)


@pytest.mark.parametrize(("seconds", "waits"), [(-5, 2), (10, 10), (3600, schedule.POLL_SECONDS)])
def test_what_is_due_is_waited_for_within_the_job_s_time_and_the_slow_poll(seconds: float, waits: float) -> None:
    job = Periodic("t", 2, nothing, on_change=True)
    due = clock.now() + timedelta(seconds=seconds)
    assert schedule._seconds(job, due) == pytest.approx(waits, abs=1)


def test_a_job_that_fails_runs_again_after_growing_waits_and_says_so(
    start: Start, monkeypatch: pytest.MonkeyPatch, logged: Any
) -> None:
    monkeypatch.setattr(schedule, "FIRST_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(schedule, "MAX_BACKOFF_SECONDS", 0.03)
    left = [1, 2, 3]

    def sometimes(_runtime: Runtime) -> None:
        if left.pop(0) < 4 and left:
            raise ValueError("Mme Le Goff")

    left.append(4)
    clockwork = start(Periodic("tick", 3600, sometimes))
    assert eventually(lambda: len(clockwork.ran) == 4)
    told = [line for line in logged() if line["event"] == "work interrupted"]
    assert [line["again_in_seconds"] for line in told] == [0.01, 0.02, 0.03]
    assert {(line["thread"], line["error"]) for line in told} == {("tick shop", "ValueError")}
    assert "Goff" not in str(told)
