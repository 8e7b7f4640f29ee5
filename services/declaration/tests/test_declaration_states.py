"""The state table: what may follow what, and what the guards refuse."""

import pytest
from chassis.problems import Conflict
from declaration.domain.states import (
    FINAL,
    LABELS,
    PRECEDENCE,
    STANDING,
    TABLE,
    Facts,
    State,
    Trigger,
    advance,
    allowed,
    mermaid,
)
from hypothesis import given
from hypothesis import strategies as st

# The Caf's answers, and what the landlord may do, written out apart from the table they check.
EXPECTED = {
    State.NOT_CONCERNED: {Trigger.LEASE_JOINS_JULY: State.TO_DECLARE},
    State.TO_DECLARE: {Trigger.SAVE: State.DRAFT, Trigger.LEASE_LEAVES_JULY: State.NOT_CONCERNED},
    State.DRAFT: {Trigger.SAVE: State.DRAFT, Trigger.TRANSMIT: State.TRANSMITTED, Trigger.ABANDON: State.UNDER_REVIEW},
    State.TRANSMITTED: {
        Trigger.INTEGRATE: State.INTEGRATED,
        Trigger.REVIEW: State.UNDER_REVIEW,
        Trigger.REQUEST_INFORMATION: State.INFORMATION_REQUESTED,
        Trigger.REJECT: State.REJECTED,
        Trigger.AMEND: State.DRAFT,
        Trigger.SUPERSEDE: State.SUPERSEDED,
    },
    State.UNDER_REVIEW: {
        Trigger.INTEGRATE: State.INTEGRATED,
        Trigger.REQUEST_INFORMATION: State.INFORMATION_REQUESTED,
        Trigger.REJECT: State.REJECTED,
        Trigger.AMEND: State.DRAFT,
        Trigger.SUPERSEDE: State.SUPERSEDED,
    },
    State.INFORMATION_REQUESTED: {
        Trigger.INTEGRATE: State.INTEGRATED,
        Trigger.REVIEW: State.UNDER_REVIEW,
        Trigger.REJECT: State.REJECTED,
        Trigger.AMEND: State.DRAFT,
        Trigger.SUPERSEDE: State.SUPERSEDED,
    },
    State.REJECTED: {Trigger.AMEND: State.DRAFT, Trigger.SUPERSEDE: State.SUPERSEDED},
    State.INTEGRATED: {},
    State.SUPERSEDED: {},
}
READY = Facts(filing_open=True, complete=True, reason="Erreur de saisie", standing=State.UNDER_REVIEW)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", list(Trigger))
def test_each_event_leads_where_the_rules_say_or_is_refused(state: State, event: Trigger) -> None:
    target = EXPECTED[state].get(event)
    if target is None:
        with pytest.raises(Conflict):
            advance(state, event, READY)
    else:
        assert advance(state, event, READY) is target


@pytest.mark.parametrize(
    ("state", "event", "facts"),
    [
        (State.TO_DECLARE, Trigger.SAVE, Facts(filing_open=False)),
        (State.DRAFT, Trigger.SAVE, Facts(filing_open=False)),
        (State.DRAFT, Trigger.TRANSMIT, Facts(complete=False)),
        (State.DRAFT, Trigger.TRANSMIT, Facts(filing_open=False)),
        (State.TRANSMITTED, Trigger.AMEND, Facts(reason="  ")),
        (State.REJECTED, Trigger.AMEND, Facts(reason="Erreur", filing_open=False)),
    ],
)
def test_a_guard_that_does_not_hold_refuses_the_passage(state: State, event: Trigger, facts: Facts) -> None:
    with pytest.raises(Conflict):
        advance(state, event, facts)


@pytest.mark.parametrize("standing", STANDING)
def test_an_abandoned_correction_gives_back_the_state_of_the_version_that_counts(standing: State) -> None:
    assert advance(State.DRAFT, Trigger.ABANDON, Facts(standing=standing)) is standing


def test_a_first_draft_is_no_correction_and_cannot_be_abandoned() -> None:
    with pytest.raises(Conflict, match="conflict"):
        advance(State.DRAFT, Trigger.ABANDON, Facts())
    assert Trigger.ABANDON not in allowed(State.DRAFT, Facts())


def test_after_the_caf_has_settled_a_correction_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(Conflict) as refused:
        advance(State.INTEGRATED, Trigger.AMEND, READY)
    assert "appelez votre Caf" in refused.value.detail


def test_a_campaign_gives_each_tenancy_something_to_declare_or_a_reason_not_to() -> None:
    assert advance(None, Trigger.OPEN) is State.TO_DECLARE
    assert advance(None, Trigger.EXEMPT) is State.NOT_CONCERNED


def test_every_state_has_its_french_label_and_its_place_in_lists() -> None:
    assert set(LABELS) == set(PRECEDENCE) == set(State)
    assert all(LABELS.values())


def test_what_the_caf_settled_and_what_was_replaced_are_final() -> None:
    assert frozenset({State.INTEGRATED, State.SUPERSEDED}) == FINAL


@given(st.lists(st.sampled_from(list(Trigger)), max_size=30))
def test_no_sequence_of_events_leaves_a_final_state_or_skips_the_draft(events: list[Trigger]) -> None:
    state: State | None = None
    passed: list[State] = []
    for event in events:
        try:
            following = advance(state, event, READY)
        except Conflict:
            continue
        assert state not in FINAL
        if following is State.TRANSMITTED:
            assert passed[-1:] == [State.DRAFT]
        passed.append(following)
        state = following


@given(st.sampled_from(list(State)), st.booleans(), st.booleans(), st.text(max_size=5))
def test_the_allowed_events_are_exactly_those_that_advance(
    state: State, filing_open: bool, complete: bool, reason: str
) -> None:
    facts = Facts(filing_open, complete, reason)
    accepted = []
    for event in Trigger:
        try:
            advance(state, event, facts)
        except Conflict:
            continue
        accepted.append(event)
    assert set(allowed(state, facts)) == set(accepted)


def test_the_diagram_draws_every_passage_of_the_table() -> None:
    drawn = mermaid()
    assert drawn.startswith("stateDiagram-v2\n")
    assert drawn.count("-->") == len(TABLE.rows) - 1 + len(STANDING) + len(FINAL)
