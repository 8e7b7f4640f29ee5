"""The content of a transmitted version, what differs between two, and the words of their states."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from chassis.problems import Conflict
from declaration.domain import comparison, declared, journey, snapshot, states
from declaration.domain.states import Facts, State, Trigger
from declaration_cases import INFORMATION, KNOWN, RENT, YEAR, saved


def test_what_a_landlord_declares_is_kept_with_its_total_confirmations_and_corrections() -> None:
    change: dict[str, Any] = {
        "information": {**INFORMATION, "address": ["1 RUE X", "35000 RENNES"], "single_room": True},
        "rent": {**RENT, "rent": "900"},
        "confirmations": {"differs_from_last_year": "Travaux"},
    }
    draft = saved(**change)
    kept = snapshot.declared(draft, KNOWN, YEAR)
    [asked] = journey.confirmations(draft, KNOWN, YEAR)
    assert kept["rent"] == {
        **{"rent": "900.00", "charges": "38.00", "share": "whole", "full_month": True, "furnished": False},
        "total": "938.00",
    }
    assert kept["information"]["address"] == ["1 RUE X", "35000 RENNES"]
    assert kept["situation"]["co_tenants"] == 1
    assert kept["confirmations"] == [{"code": "differs_from_last_year", "message": asked.message, "reason": "Travaux"}]
    assert kept["corrected"] == [
        {
            "field": "address",
            "label": "Adresse du logement",
            "before": "APPARTEMENT 4, 2 RUE GINA PANE, 35000 RENNES",
            "after": "1 RUE X, 35000 RENNES",
        },
        {"field": "single_room", "label": "Chambre", "before": "non", "after": "oui"},
    ]
    assert snapshot.draft(kept) == journey.dump(draft)


@pytest.mark.parametrize("step", ["information", "situation", "rent"])
def test_a_draft_that_is_not_complete_is_no_version(step: str) -> None:
    without: dict[str, Any] = {step: None}
    with pytest.raises(ValueError, match="^the draft is not complete$"):
        snapshot.declared(replace(saved(), **without), KNOWN, YEAR)


def test_a_confirmation_without_a_reason_is_stored_empty_and_shown_null() -> None:
    draft = saved(rent={**RENT, "rent": "0"}, confirmations={"zero_rent": ""})
    kept = snapshot.declared(draft, KNOWN, YEAR)
    assert kept["confirmations"][0]["reason"] is None
    assert snapshot.draft(kept) == journey.dump(draft)


def test_a_reference_bears_the_last_two_digits_of_the_year() -> None:
    assert snapshot.reference(2007).startswith("R07-")


def test_the_hash_on_a_recap_is_that_of_the_canonical_text() -> None:
    assert snapshot.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert snapshot.sha256({"b": 1, "a": "é"}) == hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()


BEFORE = journey.dump(saved())
CHANGED: dict[str, tuple[Any, Any, str, str]] = {
    "information/furnished": (False, True, "non", "oui"),
    "information/commune_insee": ("35238", "93066", "Rennes", "Saint-Denis (93)"),
    "information/address": (["1 RUE X"], ["1 RUE X", "B"], "1 RUE X", "1 RUE X, B"),
    "situation/left_on": (None, "2026-08-05", "–", "05/08/2026"),
    "situation/new_address": ([], ["A"], "–", "A"),
    "situation/co_tenants": (1, 2, "1", "2"),
    "rent/rent": ("415.00", "1415.50", "415,00\u00a0€", "1\u202f415,50\u00a0€"),
    "rent/share": ("whole", "no_longer", declared.RENT["share"].options["whole"].words, "no_longer"),  # type: ignore[attr-defined]
}


@pytest.mark.parametrize("place", CHANGED)
def test_a_difference_is_shown_in_french_under_the_name_of_its_field(place: str) -> None:
    step, name = place.split("/")
    before, after, shown, then = CHANGED[place]
    one: Any = {**BEFORE, step: {**BEFORE[step], name: before}}  # type: ignore[literal-required]
    other: Any = {**BEFORE, step: {**BEFORE[step], name: after}}  # type: ignore[literal-required]
    label = declared.STEPS[step][name].label
    assert comparison.differences(one, other) == [{"field": place, "label": label, "before": shown, "after": then}]
    assert comparison.differences(one, one) == []


@pytest.mark.parametrize(
    ("before", "after", "shown", "then"),
    [
        ({}, {"zero_rent": ""}, "–", "confirmé"),
        ({"zero_rent": ""}, {"zero_rent": "Prêt"}, "confirmé", "confirmé : Prêt"),
        ({"zero_rent": "Prêt"}, None, "confirmé : Prêt", "–"),
    ],
)
def test_a_confirmation_that_changed_is_a_difference(before: Any, after: Any, shown: str, then: str) -> None:
    found = comparison.differences({**BEFORE, "confirmations": before}, {**BEFORE, "confirmations": after})
    assert found == [
        {
            "field": "confirmations/zero_rent",
            "label": "Loyer nul (point à confirmer)",
            "before": shown,
            "after": then,
        }
    ]


def test_a_step_that_one_of_two_drafts_has_not_is_shown_as_nothing() -> None:
    found = comparison.differences({**BEFORE, "rent": None}, BEFORE)
    assert {row["field"].split("/")[0] for row in found} == {"rent"}
    assert {row["before"] for row in found} == {"–"}


def test_a_state_that_does_not_allow_a_trigger_says_so_in_french() -> None:
    for state, label in ((None, "absente"), (State.SUPERSEDED, "Remplacée")):
        with pytest.raises(Conflict) as refused:
            states.advance(state, Trigger.TRANSMIT)
        assert refused.value.detail.replace("\u00a0", " ") == (
            f"Une déclaration à l’état « {label} » ne permet pas : transmission."
        )
    with pytest.raises(Conflict) as refused:
        states.advance(State.NOT_CONCERNED, Trigger.AMEND)
    assert refused.value.detail.startswith("Il n’y a rien à déclarer pour ce locataire")
    assert states.advance(State.DRAFT, Trigger.TRANSMIT) is State.TRANSMITTED
    assert states.advance(State.DRAFT, Trigger.ABANDON, Facts(standing=State.REJECTED)) is State.REJECTED


@pytest.mark.parametrize(
    ("state", "version", "label"),
    [
        (State.DRAFT, 1, "Brouillon"),
        (State.DRAFT, 2, "Rectification en cours"),
        (State.TRANSMITTED, 2, "Transmise"),
    ],
)
def test_a_draft_of_a_later_version_is_a_correction(state: State, version: int, label: str) -> None:
    assert states.label(state, version) == label
