"""What may never happen to a message, then what may."""

from itertools import product

import pytest
from chassis.states import TransitionRefused
from notification.domain.states import (
    ALLOWED,
    FINAL,
    LABELS,
    State,
    Trigger,
    advance,
)

FORBIDDEN = sorted(set(product(State, Trigger)) - set(ALLOWED))


@pytest.mark.parametrize(("state", "event"), FORBIDDEN)
def test_whatever_is_not_in_the_table_is_refused(state: State, event: Trigger) -> None:
    with pytest.raises(TransitionRefused) as refused:
        advance(state, event)
    assert (refused.value.state, refused.value.trigger) == (state, event)


def test_a_final_state_is_left_only_by_a_listed_odd_receipt() -> None:
    left = {(state, event) for (state, event), after in ALLOWED.items() if state in FINAL and after is not state}
    assert left == {(State.DELIVERED, Trigger.BOUNCED), (State.DELIVERED, Trigger.RETURNED)}


def test_final_states_are_those_where_nothing_is_left_to_do() -> None:
    assert {
        State.DELIVERED,
        State.BOUNCED,
        State.FAILED,
        State.EXPIRED,
        State.SUPERSEDED,
        State.WITHDRAWN,
        State.RETURNED,
    } == FINAL


def test_a_password_whose_time_is_over_never_leaves() -> None:
    for state in (State.WAITING, State.SENDING, State.TO_COMPOSE, State.COMPOSED):
        assert advance(state, Trigger.EXPIRED) is State.EXPIRED


def test_an_email_goes_from_waiting_to_delivered() -> None:
    assert advance(advance(State.WAITING, Trigger.CLAIMED), Trigger.ACCEPTED) is State.DELIVERED


def test_a_letter_goes_from_composition_to_the_printer_to_delivered_and_may_come_back() -> None:
    state = State.TO_COMPOSE
    for event in (Trigger.COMPOSED, Trigger.BATCHED, Trigger.ACKNOWLEDGED, Trigger.RETURNED):
        state = advance(state, event)
    assert state is State.RETURNED


def test_a_receipt_that_comes_twice_changes_nothing() -> None:
    assert advance(State.DELIVERED, Trigger.ACKNOWLEDGED) is State.DELIVERED


def test_each_state_has_its_french_label() -> None:
    assert set(LABELS) == set(State)
    assert len(set(LABELS.values())) == len(State)
