"""Limits that hold for a network and for all together, in the database, and never for good."""

from datetime import timedelta
from threading import BoundedSemaphore, Event, Thread
from typing import Any

import pytest
import time_machine
from chassis import clock, ids
from identity.crypto import hashing
from identity.models import Throttle
from sqlalchemy import update

LOST, FORGOTTEN = "/compte/identifiant-perdu", "/compte/mot-de-passe-oublie"
WRONG = "une girafe qui se trompe"


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


def spray(world: Any, many: int) -> None:
    """Another login from another network each time: no single count grows."""
    for number in range(many):
        world.browser(f"10.1.{number}.1").sign_in(f"AAAA-AA{number:02d}", WRONG)


def test_recoveries_are_limited_per_network_without_a_word(local: Any) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for attempt in range(24):
            browser = local.browser(f"192.0.2.{attempt}")
            browser.send(LOST, user_number=f"3590000709{attempt:04d}")
            assert "Votre demande est enregistrée" in browser.text
    assert len(local.harness.rows("recovery_request")) == 21


def test_many_networks_that_ask_for_nobody_silence_no_recovery(new_world: Any, database_url: str) -> None:
    world = new_world(database_url, recoveries_per_hour=3)
    with time_machine.travel(clock.now().replace(minute=5), tick=False):
        for attempt in range(5):
            browser = world.browser(f"10.2.{attempt}.1")
            browser.send(FORGOTTEN, email=f"personne{attempt}@lices.example")
            assert "Votre demande est enregistrée" in browser.text
        world.activated()
        # What is for nobody took nobody's place.
        world.browser("10.2.9.1").send(FORGOTTEN, email=world.person["email"])
        world.harness.run_job("recoveries")
        assert [one["purpose"] for one in world.issued()[1:]] == ["password_recovery"]
        assert len(world.harness.rows("recovery_request")) == 6


def test_recoveries_beyond_the_number_of_the_hour_wait_for_the_next_and_none_is_dropped(
    new_world: Any, database_url: str
) -> None:
    world = new_world(database_url, recoveries_per_hour=1)
    for number in range(3):
        world.register(f"3590000709000{number}", kind="natural_person", email=f"m{number}@lices.example")
    with time_machine.travel(clock.now().replace(minute=5), tick=False) as clock_hand:
        for number in range(3):
            world.browser(f"10.2.{number}.1").send(LOST, user_number=f"3590000709000{number}")
        for handled in (1, 2, 3):
            world.harness.run_job("recoveries")
            assert len(world.issued()) == 3 + handled
            clock_hand.shift(timedelta(hours=1))
    requests = world.harness.rows("recovery_request")
    assert len(requests) == 3
    assert all(row["handled_at"] and row["subject"] is None for row in requests)


def test_the_hash_for_a_known_account_makes_no_other_request_wait(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    local.register()

    class Busy(BoundedSemaphore):
        def acquire(self, *args: Any, **more: Any) -> bool:
            asked.set()
            return super().acquire(*args, **more)

    asked, slots = Event(), Busy(1)
    browser = local.browser()
    browser.send(LOST, user_number="35900007090001")
    monkeypatch.setattr(hashing, "_SLOTS", slots)
    monkeypatch.setattr(hashing, "_LONGEST_WAIT_SECONDS", 60)
    slots.acquire()
    asked.clear()
    worker = Thread(target=local.harness.run_job, args=("recoveries",))
    worker.start()
    assert asked.wait(30)
    # The worker waits to hash; on SQLite an open transaction of its own would stop this one.
    browser.send(LOST, user_number="35900007090002")
    assert "Votre demande est enregistrée" in browser.text
    slots.release()
    worker.join(60)
    assert len(local.issued()) == 2


def test_many_failures_everywhere_sound_the_alarm_once_and_leave_fewer_free_tries_to_all(
    new_world: Any, database_url: str
) -> None:
    world = new_world(database_url, sign_in_failures_alarm=6)
    _, sent = world.activated()
    with time_machine.travel(clock.now(), tick=False):
        spray(world, 8)
        alarms = [row for row in world.harness.rows("security_event") if row["kind"] == "sign_in.alarm"]
        assert [row["details"] for row in alarms] == [{"failures": 6}]
        browser, statuses = world.browser(), []
        for _attempt in range(4):
            browser.sign_in(sent["login"], WRONG)
            statuses.append(browser.status)
    # One is free instead of five, the next makes wait.
    assert statuses == [422, 422, 429, 429]
    with later(seconds=20):
        assert world.browser().sign_in(sent["login"], world.password) == "/connexion"


def test_the_alarm_stops_by_itself(new_world: Any, sqlite_url: str) -> None:
    world = new_world(sqlite_url, sign_in_failures_alarm=6)
    _, sent = world.activated()
    with time_machine.travel(clock.now(), tick=False):
        spray(world, 8)
    with later(minutes=21):
        browser, statuses = world.browser(), []
        for _attempt in range(4):
            browser.sign_in(sent["login"], WRONG)
            statuses.append(browser.status)
    assert statuses == [422] * 4


def failed(world: Any, times: int) -> None:
    """As if every count that one try has started stood at so many failures."""
    with world.harness.transaction() as session:
        session.execute(update(Throttle).values(failures=times))


def test_a_network_that_keeps_failing_waits_and_who_waited_signs_in(local: Any) -> None:
    _, sent = local.activated()
    with time_machine.travel(clock.now(), tick=False):
        local.browser("198.51.100.7").sign_in("AAAA-AAAA", WRONG)
        failed(local, 51)
        neighbour = local.browser("198.51.100.200")
        neighbour.sign_in(sent["login"], local.password)
        assert neighbour.status == 429
        assert local.browser("198.51.101.7").sign_in(sent["login"], local.password) == "/connexion"
    with later(minutes=16):
        assert local.browser("198.51.100.200").sign_in(sent["login"], local.password) == "/connexion"


@pytest.mark.parametrize(("failures", "longest"), [(6, 15), (60, 15), (1_000_000, 24 * 60)])
def test_no_number_of_failures_locks_an_account_for_good(world: Any, failures: int, longest: int) -> None:
    _, sent = world.activated()
    with time_machine.travel(clock.now(), tick=False) as clock_hand:
        world.browser().sign_in(sent["login"], WRONG)
        failed(world, failures)
        waiting = world.browser()
        waiting.sign_in(sent["login"], world.password)
        assert waiting.status == 429
        assert "n’est pas bloqué" in waiting.text
        clock_hand.shift(timedelta(minutes=longest, seconds=1))
        assert world.browser().sign_in(sent["login"], world.password) == "/connexion"


def test_who_asks_for_one_of_many_accounts_is_counted_by_what_is_asked(local: Any) -> None:
    """The count is of what was typed, known or not: it tells nothing and keeps nothing."""
    for value in ("35900007090001", str(ids.new_id().int)[:14]):
        local.browser().send(LOST, user_number=value)
    subjects = {row["subject"] for row in local.harness.rows("throttle")}
    assert {len(subject) for subject in subjects} == {64}
    assert "35900007090001" not in str(subjects)
