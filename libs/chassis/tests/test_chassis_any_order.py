"""Whatever the order in which events arrive, are doubled, fail and are brought back: each has its effect once."""

import itertools
import shutil
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from chassis import clock, inbox
from chassis.events import Event
from chassis.runtime import Service
from chassis.testing.harness import Harness
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import update
from toybox import consumes
from toybox.app import service

MOST_ATTEMPTS = 3


class Events(RuleBasedStateMachine):
    """A sender that repeats itself, a handler that breaks when told to, and a person who replays."""

    sent = Bundle("sent")

    def __init__(self, template: Path) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        shutil.copy(template, self.directory / "toybox.sqlite3")
        url = f"sqlite:///{self.directory}/toybox.sqlite3"
        self.toy = Harness.create(service, url, self.directory, inbox_max_attempts=MOST_ATTEMPTS)
        self.names = itertools.count()
        self.received: set[str] = set()

    def teardown(self) -> None:
        self.toy.close()
        shutil.rmtree(self.directory)

    @rule(target=sent)
    def send(self) -> tuple[str, str]:
        name = f"thing {next(self.names)}"
        event = Event(type="shop.ordered.v1", subject=name, source="shop", data={"name": name})
        return name, event.to_envelope(self.toy.runtime.settings)

    @rule(event=sent, copies=st.integers(1, 3))
    def arrives(self, event: tuple[str, str], copies: int) -> None:
        name, envelope = event
        with self.toy.transaction() as session:
            new = inbox.receive(session, [envelope] * copies)
        assert new == (0 if name in self.received else 1)
        self.received.add(name)

    @rule(event=sent)
    def arrives_in_a_transaction_that_is_lost(self, event: tuple[str, str]) -> None:
        with suppress(ConnectionError), self.toy.transaction() as session:
            inbox.receive(session, [event[1]])
            raise ConnectionError

    @rule()
    def one_is_handled(self) -> None:
        inbox.process_due(self.toy.runtime)

    @rule()
    def one_breaks_after_its_effect(self) -> None:
        with mock.patch.object(Service, "handler_of", breaking):
            inbox.process_due(self.toy.runtime)

    @rule()
    def time_passes(self) -> None:
        table = self.toy.runtime.service.metadata.tables["inbox"]
        with self.toy.transaction() as session:
            session.execute(update(table).values(next_attempt_at=clock.now() - timedelta(days=1)))

    @rule()
    def the_dead_are_replayed(self) -> None:
        with self.toy.transaction() as session:
            inbox.replay(session)

    @invariant()
    def effects_are_those_of_what_is_done(self) -> None:
        rows = self.toy.rows("inbox")
        done = sorted(row["subject"] for row in rows if row["done_at"])
        assert sorted(row["name"] for row in self.toy.rows("thing")) == done
        assert sorted(event.data["name"] for event in self.toy.published("toybox.made.v1")) == done
        assert {row["subject"] for row in rows} == self.received

    @invariant()
    def nothing_is_both_done_and_dead_or_tried_for_ever(self) -> None:
        for row in self.toy.rows("inbox"):
            assert not (row["done_at"] and row["dead_at"])
            assert row["attempts"] <= MOST_ATTEMPTS
            assert bool(row["dead_at"]) == (row["attempts"] == MOST_ATTEMPTS)
            # What has served is erased; what has not can still be handled.
            assert bool(row["envelope"]) != bool(row["done_at"])


def breaking(_service: Service, _type: str) -> Any:
    def ordered_then_broken(session: Any, event: Event) -> None:
        consumes.ordered(session, event)
        raise RuntimeError("after the effect")

    return ordered_then_broken


def test_each_event_has_its_effect_once_in_any_order(sqlite_template: Path) -> None:
    quick = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[*HealthCheck])
    # Anything that makes a machine will do.
    run_state_machine_as_test(lambda: Events(sqlite_template), settings=quick)  # type: ignore[arg-type]  # a factory
