"""An event is a row of the transaction that makes it true, until a relay has handed it over for good."""

from datetime import timedelta

import pytest
import time_machine
from chassis import clock, events, outbox, tracing
from chassis.event_schemas import EventRefused
from chassis.events import Event
from chassis.testing.harness import Harness
from sqlalchemy import text
from sqlalchemy.orm import Session

MADE = "toybox.made.v1"


class Crash(Exception):
    """Stands for the end of the process there."""


def publish(toy: Harness, *names: str) -> list[Event]:
    with toy.transaction() as session:
        return [outbox.publish(session, MADE, name, {"name": name}, {"last_name": "Le Goff"}) for name in names]


def claimed(session: Session, limit: int = 10) -> list[str]:
    return [row.subject for row in outbox.claim(session, limit)]


def test_a_published_event_is_a_row_that_waits(toy: Harness) -> None:
    (event,) = publish(toy, "a")
    (row,) = toy.rows("outbox")
    assert (row["event_id"], row["type"], row["subject"]) == (event.id, MADE, "a")
    assert (row["sent_at"], row["attempts"], row["error"]) == (None, 0, None)


def test_the_row_shows_no_personal_data(toy: Harness) -> None:
    publish(toy, "a")
    assert "Le Goff" not in str(toy.rows("outbox"))
    assert toy.published()[0].personal == {"last_name": "Le Goff"}


def test_an_event_that_breaks_its_schema_undoes_the_change_it_tells_of(toy: Harness) -> None:
    def change(session: Session) -> None:
        session.execute(toy.runtime.service.metadata.tables["thing"].insert().values(name="a"))
        outbox.publish(session, MADE, "a", {"name": 5})

    with pytest.raises(EventRefused), toy.transaction() as session:
        change(session)
    assert (toy.rows("thing"), toy.rows("outbox")) == ([], [])


def test_events_are_claimed_in_the_order_in_which_they_were_published(toy: Harness) -> None:
    publish(toy, "a", "b", "c")
    with toy.transaction() as session:
        assert claimed(session) == ["a", "b", "c"]


def test_a_claim_takes_no_more_than_asked(toy: Harness) -> None:
    publish(toy, "a", "b", "c")
    with toy.transaction() as session:
        assert claimed(session, 2) == ["a", "b"]


def test_what_was_sent_is_not_claimed_again(toy: Harness) -> None:
    publish(toy, "a", "b")
    with toy.transaction() as session:
        outbox.mark_sent(session, [row.seq for row in outbox.claim(session, 1)])
    with toy.transaction() as session:
        assert claimed(session) == ["b"]


def test_marking_that_is_rolled_back_leaves_the_event_to_send(toy: Harness) -> None:
    publish(toy, "a")
    with pytest.raises(Crash), toy.transaction() as session:
        outbox.mark_sent(session, [row.seq for row in outbox.claim(session, 1)])
        raise Crash
    with toy.transaction() as session:
        assert claimed(session) == ["a"]


@pytest.mark.containers
def test_two_relays_never_claim_the_same_rows(toy_on_postgres: Harness) -> None:
    with toy_on_postgres.transaction() as session:
        session.execute(text("DELETE FROM outbox"))
    publish(toy_on_postgres, "a", "b", "c")
    with toy_on_postgres.transaction() as first, toy_on_postgres.transaction() as second:
        assert claimed(first, 2) == ["a", "b"]
        assert claimed(second, 2) == ["c"]


def test_a_refused_event_waits_longer_each_time_but_never_gives_up(toy: Harness) -> None:
    publish(toy, "a")
    waits = []
    with time_machine.travel(clock.now() + timedelta(seconds=1), tick=False) as traveller:
        for _ in range(len(outbox.RETRY_SECONDS) + 2):
            with toy.transaction() as session:
                (claimed_row,) = outbox.claim(session, 1)
                outbox.mark_refused(session, claimed_row, "unroutable")
            (row,) = toy.rows("outbox")
            waits.append(round((row["next_attempt_at"] - clock.now()).total_seconds()))
            with toy.transaction() as session:
                assert claimed(session) == []
            traveller.move_to(row["next_attempt_at"])
    assert waits == [*outbox.RETRY_SECONDS, 60, 60]
    assert (row["attempts"], row["error"]) == (len(waits), "unroutable")


def test_the_error_is_cleared_when_it_goes_out(toy: Harness) -> None:
    publish(toy, "a")
    with toy.transaction() as session:
        (row,) = outbox.claim(session, 1)
        outbox.mark_refused(session, row, "x" * 500)
    assert len(toy.rows("outbox")[0]["error"]) == 200
    with toy.transaction() as session:
        outbox.mark_sent(session, [row.seq])
    assert toy.rows("outbox")[0]["error"] is None


def test_an_event_carries_the_trace_and_correlates_with_it(toy: Harness) -> None:
    with tracing.span("request"):
        (event,) = publish(toy, "a")
        assert event.traceparent == tracing.current_traceparent()
        assert event.correlation_id == tracing.current_trace_id()


def test_an_event_published_by_a_handler_names_its_cause(toy: Harness) -> None:
    cause = Event(
        type="shop.ordered.v1", subject="s", source="shop", data={"name": "a"}, correlation_id="from the start"
    )
    toy.deliver_envelope(cause.to_envelope(toy.runtime.settings))
    (told,) = toy.published(MADE)
    assert (told.causation_id, told.correlation_id) == (str(cause.id), "from the start")


@pytest.mark.containers
def test_the_commit_of_an_event_wakes_the_listening_worker(toy_on_postgres: Harness) -> None:
    url = toy_on_postgres.runtime.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    import psycopg

    with psycopg.connect(url, autocommit=True) as listening:
        listening.execute(f"LISTEN {outbox.CHANNEL}")
        publish(toy_on_postgres, "a", "b")
        assert len(list(listening.notifies(timeout=0.5))) == 1


def test_the_envelope_in_the_row_is_the_event(toy: Harness) -> None:
    with tracing.span("request"):
        (event,) = publish(toy, "a")
    assert events.from_envelope(toy.rows("outbox")[0]["envelope"], toy.runtime.settings) == event
