"""An event is stored once, handled once with its effect, and what cannot be handled is seen and can be replayed."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock, inbox, keys
from chassis.events import Event, EventUnreadable
from chassis.settings import Settings
from chassis.testing.harness import Harness
from sqlalchemy import Row
from sqlalchemy.orm import Session


def ordered(toy: Harness, name: str, **changes: Any) -> str:
    event = Event(type="shop.ordered.v1", subject=name, source="shop", data={"name": name}, **changes)
    return event.to_envelope(toy.runtime.settings)


def failing(toy: Harness) -> str:
    event = Event(
        type="shop.broken.v1", subject="s", source="shop", data={"name": ""}, personal={"last_name": "Le Goff"}
    )
    return event.to_envelope(toy.runtime.settings)


def receive(toy: Harness, *envelopes: str | bytes) -> int:
    with toy.transaction() as session:
        return inbox.receive(session, envelopes)


def handle_all(toy: Harness) -> int:
    handled = 0
    while tried := inbox.process_due(toy.runtime):
        handled += tried
    return handled


def by_seq(toy: Harness) -> list[dict[str, Any]]:
    return sorted(toy.rows("inbox"), key=lambda row: row["seq"])


def names_in_order(toy: Harness) -> list[str]:
    """The effects of what was handled, as they were made."""
    return [str(each.data["name"]) for each in toy.published("toybox.made.v1")]


def row_of(toy: Harness) -> dict[str, Any]:
    (row,) = toy.rows("inbox")
    return row


def test_an_event_received_is_a_row_that_waits(toy: Harness) -> None:
    assert receive(toy, ordered(toy, "a")) == 1
    row = row_of(toy)
    assert (row["consumer"], row["type"], row["subject"]) == ("toybox", "shop.ordered.v1", "a")
    assert (row["done_at"], row["dead_at"], row["attempts"]) == (None, None, 0)


def test_the_same_event_received_again_is_the_same_row(toy: Harness) -> None:
    envelope = ordered(toy, "a")
    assert [receive(toy, envelope), receive(toy, envelope), receive(toy, envelope.encode(), envelope)] == [1, 0, 0]
    assert len(toy.rows("inbox")) == 1


def test_nothing_received_is_fine(toy: Harness) -> None:
    assert receive(toy) == 0


def test_one_unreadable_envelope_refuses_the_batch_before_anything_is_stored(toy: Harness) -> None:
    with pytest.raises(EventUnreadable):
        receive(toy, ordered(toy, "a"), b"\xff")
    assert toy.rows("inbox") == []


def test_the_effect_what_it_publishes_and_done_commit_together(toy: Harness) -> None:
    receive(toy, ordered(toy, "a"))
    assert handle_all(toy) == 1
    assert [row["name"] for row in toy.rows("thing")] == ["a"]
    assert [event.data for event in toy.published("toybox.made.v1")] == [{"name": "a"}]
    assert row_of(toy)["done_at"] is not None


def test_handlers_get_personal_data_opened(toy: Harness) -> None:
    receive(toy, ordered(toy, "a", personal={"last_name": "Le Goff"}))
    assert "Le Goff" not in str(toy.rows("inbox"))
    handle_all(toy)
    assert toy.rows("thing")[0]["extra"] == {"last_name": "Le Goff"}


def test_an_event_done_is_never_handled_again(toy: Harness) -> None:
    envelope = ordered(toy, "a")
    receive(toy, envelope)
    handle_all(toy)
    receive(toy, envelope)
    assert handle_all(toy) == 0


def test_an_empty_inbox_has_nothing_to_handle(toy: Harness) -> None:
    assert inbox.process_due(toy.runtime) == 0


def test_what_is_urgent_is_handled_before_what_waits_and_after_what_came_before_of_its_subject(
    toy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One event in each transaction, as where each draws a PDF.
    monkeypatch.setattr(inbox, "BATCH_SECONDS", dict.fromkeys(inbox.BATCH_SECONDS, 0))
    recalled = Event(type="shop.recalled.v1", subject="b", source="shop", data={"name": "recalled"})
    receive(toy, *(ordered(toy, name) for name in "abc"), recalled.to_envelope(toy.runtime.settings))
    assert handle_all(toy) == 4
    assert names_in_order(toy) == ["b", "recalled", "a", "c"]


def test_what_is_urgent_and_fails_keeps_nobody_waiting(toy: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(toy.runtime.service), "urgent", ("shop.broken.v1",))
    receive(toy, ordered(toy, "a"), failing(toy), ordered(toy, "b"))
    handle_all(toy)
    assert names_in_order(toy) == ["a", "b"]


def test_events_are_handled_in_the_order_in_which_they_came(toy: Harness) -> None:
    receive(toy, *(ordered(toy, name) for name in "cab"))
    handle_all(toy)
    assert [event.data["name"] for event in toy.published()] == ["c", "a", "b"]


def test_a_failure_undoes_the_effect_and_is_tried_again_later(toy: Harness) -> None:
    receive(toy, failing(toy))
    assert inbox.process_due(toy.runtime) == 1
    assert toy.rows("thing") == []
    row = row_of(toy)
    assert (row["attempts"], row["done_at"], row["dead_at"]) == (1, None, None)
    assert row["next_attempt_at"] > clock.now() - timedelta(seconds=1)
    assert inbox.process_due(toy.runtime) == 0


def test_the_error_says_where_it_broke_and_nothing_that_was_said(toy: Harness) -> None:
    receive(toy, failing(toy))
    inbox.process_due(toy.runtime)
    assert row_of(toy)["error"].startswith("RuntimeError at broken:")
    assert "Le Goff" not in str(row_of(toy)["error"])


def test_the_log_of_a_failure_has_no_personal_data(
    toy: Harness, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    receive(toy, failing(toy))
    inbox.process_due(toy.runtime)
    written = "".join(capfd.readouterr()) + caplog.text
    assert "event failed" in written
    assert "Le Goff" not in written


def test_what_keeps_failing_waits_longer_each_time_then_is_dead_and_left_alone(toy: Harness) -> None:
    receive(toy, failing(toy))
    waits = []
    with time_machine.travel(clock.now() + timedelta(seconds=1), tick=False) as traveller:
        while inbox.process_due(toy.runtime):
            row = row_of(toy)
            waits.append((row["next_attempt_at"] - clock.now()).total_seconds())
            traveller.move_to(row["next_attempt_at"])
    expected = [*inbox.BACKOFF_SECONDS, *[inbox.BACKOFF_SECONDS[-1]] * 12][:12]
    assert waits == expected
    assert row_of(toy)["dead_at"] is not None
    assert row_of(toy)["attempts"] == toy.runtime.settings.inbox_max_attempts == 12


@pytest.mark.parametrize("seconds", [inbox.NotYet.seconds, 1])
def test_what_waits_for_something_is_tried_again_when_it_says_and_never_dead(
    toy: Harness, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    receive(toy, ordered(toy, "a"))
    handle = inbox._handle

    def absent(*_: object) -> None:
        error = inbox.NotYet()
        error.seconds = seconds
        raise error

    monkeypatch.setattr(inbox, "_handle", absent)
    with time_machine.travel(clock.now() + timedelta(seconds=1), tick=False) as traveller:
        for _ in range(2 * toy.runtime.settings.inbox_max_attempts):
            assert inbox.process_due(toy.runtime) == 1
            assert inbox.process_due(toy.runtime) == 0
            row = row_of(toy)
            assert (row["dead_at"], row["next_attempt_at"] - clock.now()) == (None, timedelta(seconds=seconds))
            traveller.move_to(row["next_attempt_at"])
        monkeypatch.setattr(inbox, "_handle", handle)
        handle_all(toy)
    assert row_of(toy)["done_at"] is not None


def test_one_that_fails_does_not_hold_up_the_others(toy: Harness) -> None:
    receive(toy, failing(toy), ordered(toy, "a"), ordered(toy, "b"))
    handle_all(toy)
    assert sorted(row["name"] for row in toy.rows("thing")) == ["a", "b"]


def test_of_several_handled_together_the_one_that_fails_alone_counts_an_attempt(toy: Harness) -> None:
    receive(toy, ordered(toy, "a"), failing(toy), ordered(toy, "b"))
    assert inbox.process_due(toy.runtime) == 2  # up to the one that fails, each alone
    assert inbox.process_due(toy.runtime) == 1
    assert inbox.process_due(toy.runtime) == 0
    assert [(row["attempts"], row["done_at"] is not None) for row in by_seq(toy)] == [(0, True), (1, False), (0, True)]
    assert [event.data["name"] for event in toy.published()] == ["a", "b"]


def test_one_that_failed_before_is_tried_alone(toy: Harness) -> None:
    receive(toy, failing(toy), ordered(toy, "a"), ordered(toy, "b"))
    handle_all(toy)
    receive(toy, ordered(toy, "c"))
    with time_machine.travel(clock.now() + timedelta(seconds=1), tick=False):
        assert [inbox.process_due(toy.runtime) for _ in range(3)] == [1, 1, 0]
    assert [row["attempts"] for row in by_seq(toy)] == [2, 0, 0, 0]


def test_several_events_are_handled_for_a_bounded_time_only(toy: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "BATCH_SECONDS", {toy.runtime.engine.dialect.name: 0})
    receive(toy, ordered(toy, "a"), ordered(toy, "b"))
    assert [inbox.process_due(toy.runtime) for _ in range(3)] == [1, 1, 0]
    assert [row["done_at"] is not None for row in by_seq(toy)] == [True, True]


def test_twice_as_many_are_taken_as_there_was_time_for(toy: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    claim = inbox._claim

    def noted(session: Session, limit: int) -> Sequence[Row[Any]]:
        taken.append(limit)
        return claim(session, limit)

    monkeypatch.setattr(inbox, "_claim", noted)
    monkeypatch.setattr(inbox, "BATCH_SECONDS", {toy.runtime.engine.dialect.name: 60})
    receive(toy, *(ordered(toy, str(number)) for number in range(30)))
    assert [inbox.process_due(toy.runtime) for _ in range(3)] == [inbox.FEWEST, 2 * inbox.FEWEST, 30 - 3 * inbox.FEWEST]
    assert taken == [inbox.FEWEST, 2 * inbox.FEWEST, 4 * inbox.FEWEST]


def test_a_database_that_does_not_answer_is_no_event_s_fault(toy: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object) -> None:
        raise ConnectionError

    receive(toy, ordered(toy, "a"))
    with monkeypatch.context() as patched:
        patched.setattr(inbox, "_claim", away)
        with pytest.raises(ConnectionError):
            inbox.process_due(toy.runtime)
    assert row_of(toy)["attempts"] == 0


def due(toy: Harness) -> datetime | None:
    with toy.runtime.read_only() as session:
        return inbox.next_due(session)


def test_the_next_due_row_is_known(toy: Harness) -> None:
    assert due(toy) is None
    receive(toy, failing(toy))
    assert due(toy) == row_of(toy)["next_attempt_at"]
    handle_all(toy)
    assert due(toy) == row_of(toy)["next_attempt_at"]
    kill(toy)
    assert due(toy) is None


@pytest.mark.containers
def test_several_events_give_up_a_lock_that_a_request_holds_and_go_on_one_by_one(toy_on_postgres: Harness) -> None:
    toy = toy_on_postgres
    with toy.transaction() as session:
        for table in ("thing", "inbox"):
            session.execute(toy.runtime.service.metadata.tables[table].delete())
    receive(toy, ordered(toy, "a"), ordered(toy, "b"))
    with ThreadPoolExecutor(1) as pool, toy.transaction() as request:
        # The name is unique: who inserts it as well waits for this transaction.
        request.execute(toy.runtime.service.metadata.tables["thing"].insert().values(name="b"))
        handling = pool.submit(inbox.process_due, toy.runtime)
        deadline = time.monotonic() + 8
        while not by_seq(toy)[0]["done_at"] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert [row["done_at"] is not None for row in by_seq(toy)] == [True, False]
        request.rollback()
        assert handling.result(10) == 2
    assert [row["done_at"] is not None for row in by_seq(toy)] == [True, True]


def test_what_cannot_be_opened_is_dead_at_once(toy: Harness) -> None:
    other = Settings(service="shop", environment="test", event_key=keys.b64(b"x" * 32))
    foreign = Event(type="shop.ordered.v1", subject="s", source="shop", data={"name": "a"}, personal={"x": "y"})
    receive(toy, foreign.to_envelope(other))
    handle_all(toy)
    assert row_of(toy)["dead_at"] is not None
    assert row_of(toy)["error"].startswith("EventUnreadable")


def test_an_event_nobody_subscribed_to_is_kept_with_its_error(toy: Harness) -> None:
    stray = Event(type="shop.unknown.v1", subject="s", source="shop", data={"name": ""})
    receive(toy, stray.to_envelope(toy.runtime.settings))
    handle_all(toy)
    assert row_of(toy)["error"].startswith("KeyError at handler_of")


def kill(toy: Harness) -> None:
    table = toy.runtime.service.metadata.tables["inbox"]
    with toy.transaction() as session:
        session.execute(table.update().values(dead_at=clock.now(), attempts=12, error="KeyError at x:1"))


def test_replay_brings_the_dead_back_once(toy: Harness) -> None:
    receive(toy, ordered(toy, "a"))
    kill(toy)
    assert handle_all(toy) == 0
    with toy.transaction() as session:
        assert inbox.replay(session) == 1
    assert handle_all(toy) == 1
    row = row_of(toy)
    assert (row["dead_at"], row["error"]) == (None, None)
    with toy.transaction() as session:
        assert inbox.replay(session) == 0


def test_replay_can_be_asked_for_one_event_alone(toy: Harness) -> None:
    receive(toy, ordered(toy, "a"), ordered(toy, "b"))
    kill(toy)
    wanted = toy.rows("inbox")[0]["event_id"]
    with toy.transaction() as session:
        assert inbox.replay(session, wanted) == 1
    assert {row["event_id"] for row in toy.rows("inbox") if row["dead_at"] is None} == {wanted}


def test_many_workers_handle_each_event_once(toy: Harness) -> None:
    receive(toy, *(ordered(toy, f"n{number:02}") for number in range(30)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: handle_all(toy), range(4)))
    # `thing` has a unique name: a second handling would have left an error.
    assert len(toy.rows("thing")) == len(toy.published()) == 30
    assert [row["error"] for row in toy.rows("inbox") if row["error"]] == []
