"""Which day counts for an envelope, which days are refused and how, and what a paper stands beside."""

from datetime import date

import pytest
from chassis.problems import Conflict, FieldError, Invalid
from declaration.domain import paper
from declaration.domain.campaign import Dates, Phase
from declaration.domain.paper import Arrival, Other, State, Trigger
from declaration.domain.states import State as DeclarationState

DATES = Dates(2026, date(2026, 7, 1), date(2026, 11, 15), date(2027, 1, 15))
TODAY = date(2027, 2, 1)
RECEIVED = "une date du 01/07/2026, jour de l’ouverture, à aujourd’hui"
POSTED = "une date du 01/07/2026, jour de l’ouverture, au jour de réception"
SENTENCES = {
    "date": "Cette date n’existe pas ou n’est pas lisible.",
    "received_in_future": "Cette date de réception n’est pas encore passée.",
    "received_before_opening": "La campagne n’était pas encore ouverte ce jour-là.",
    "received_after_cut_off": "Cette attestation est arrivée après le dernier jour de la campagne, et sans cachet de "
    "la poste lisible : elle ne peut plus être prise.",
    "posted_before_opening": "La campagne n’était pas encore ouverte au jour du cachet.",
    "posted_after_receipt": "Le cachet de la poste ne peut pas être postérieur au jour de réception.",
    "posted_after_cut_off": "Cette attestation a été postée après le dernier jour de la campagne : elle ne peut plus "
    "être prise.",
}


@pytest.mark.parametrize(
    ("received", "posted", "arrived"),
    [
        ("2026-07-01", None, Arrival(date(2026, 7, 1))),
        ("2027-01-15", None, Arrival(date(2027, 1, 15))),
        # Posted on the last day: in time, whenever it arrives.
        ("2027-01-18", "2027-01-15", Arrival(date(2027, 1, 18), date(2027, 1, 15))),
        ("2026-07-01", "2026-07-01", Arrival(date(2026, 7, 1), date(2026, 7, 1))),
        ("2027-02-01", "2026-07-02", Arrival(date(2027, 2, 1), date(2026, 7, 2))),
    ],
)
@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CLOSED])
def test_an_envelope_is_taken_from_the_opening_to_the_last_day(
    received: str, posted: str | None, arrived: Arrival, phase: Phase
) -> None:
    assert paper.arrival(received, posted, DATES, phase, TODAY) == arrived


@pytest.mark.parametrize(
    ("received", "posted", "code", "rule", "example"),
    [
        ("31/08/2026", None, "date", RECEIVED, "2027-02-01"),
        ("2027-02-02", None, "received_in_future", RECEIVED, "2027-02-01"),
        ("2026-06-30", None, "received_before_opening", RECEIVED, "2027-02-01"),
        ("2027-01-16", None, "received_after_cut_off", RECEIVED, "2027-02-01"),
        ("2026-09-01", "2026-09-31", "date", POSTED, "2026-09-01"),
        ("2026-09-01", "2026-06-30", "posted_before_opening", POSTED, "2026-09-01"),
        ("2026-09-01", "2026-09-02", "posted_after_receipt", POSTED, "2026-09-01"),
        ("2027-01-18", "2027-01-16", "posted_after_cut_off", POSTED, "2027-01-18"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_the_days_that_can(
    received: str, posted: str | None, code: str, rule: str, example: str
) -> None:
    with pytest.raises(Invalid) as refused:
        paper.arrival(received, posted, DATES, Phase.OPEN, TODAY)
    pointer = "/received_on" if rule == RECEIVED else "/posted_on"
    assert refused.value.errors == (
        FieldError(pointer=pointer, code=code, detail=SENTENCES[code], rule=rule, example=example),
    )


def test_both_days_are_refused_at_once_and_an_illegible_receipt_says_nothing_of_the_postmark() -> None:
    with pytest.raises(Invalid) as refused:
        paper.arrival("x", "y", DATES, Phase.OPEN, TODAY)
    found = [(error.pointer, error.code, error.example) for error in refused.value.errors]
    assert found == [("/received_on", "date", "2027-02-01"), ("/posted_on", "date", "2027-02-01")]
    with pytest.raises(Invalid) as refused:
        paper.arrival("x", "2026-09-01", DATES, Phase.OPEN, TODAY)
    assert [error.pointer for error in refused.value.errors] == ["/received_on"]


def test_nothing_is_typed_before_the_campaign_is_open() -> None:
    with pytest.raises(Conflict) as refused:
        paper.arrival("2026-09-01", None, DATES, Phase.DRAFT, TODAY)
    assert refused.value.detail == "Cette campagne n’est pas ouverte : aucune attestation ne peut être saisie."


@pytest.mark.parametrize(
    ("arrived", "late", "in_time"),
    [
        (Arrival(date(2026, 11, 15)), False, True),
        (Arrival(date(2026, 11, 16)), True, True),
        (Arrival(date(2026, 11, 20), date(2026, 11, 15)), False, True),
        (Arrival(date(2027, 1, 15)), True, True),
        (Arrival(date(2027, 1, 16)), True, False),
        (Arrival(date(2027, 1, 20), date(2027, 1, 15)), True, True),
        (Arrival(date(2026, 7, 1)), False, True),
        (Arrival(date(2026, 6, 30)), False, False),
    ],
)
def test_the_postmark_counts_else_the_day_of_receipt(arrived: Arrival, late: bool, in_time: bool) -> None:
    assert paper.late(DATES, arrived) is late
    assert paper.in_time(DATES, arrived) is in_time


@pytest.mark.parametrize(
    ("state", "channel", "other"),
    [
        (DeclarationState.TO_DECLARE, None, None),
        (DeclarationState.DRAFT, None, Other.ONLINE_DRAFT),
        (DeclarationState.TRANSMITTED, "web", Other.ONLINE),
        (DeclarationState.TRANSMITTED, "file", Other.ONLINE),
        (DeclarationState.TRANSMITTED, "paper", Other.PAPER),
        # A correction in hand: what was transmitted counts.
        (DeclarationState.DRAFT, "paper", Other.PAPER),
    ],
)
def test_a_paper_stands_beside_what_was_declared_for_the_same_tenant(
    state: DeclarationState, channel: str | None, other: Other | None
) -> None:
    assert paper.conflict(state, channel) is other


@pytest.mark.parametrize(("given", "kept"), [(" Doublon ", "Doublon"), ("x", "x"), ("x" * 500, "x" * 500)])
def test_a_reason_has_1_to_500_characters(given: str, kept: str) -> None:
    assert paper.reason(given, "Le papier est plus récent") == kept


@pytest.mark.parametrize("given", [None, "", "  ", "x" * 501])
def test_without_a_reason_the_agent_is_asked_for_one_that_the_landlord_reads(given: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        paper.reason(given, "Le papier est plus récent")
    assert refused.value.errors == (
        FieldError(
            pointer="/reason",
            code="required",
            detail="Expliquez votre décision : le bailleur lira ce motif.",
            rule="un texte de 1 à 500 caractères",
            example="Le papier est plus récent",
        ),
    )


@pytest.mark.parametrize(("state", "label"), [(State.FILED, "enregistrée"), (State.DISCARDED, "écartée")])
def test_a_settled_attestation_is_not_changed_any_more(state: State, label: str) -> None:
    with pytest.raises(Conflict) as refused:
        paper.advance(state, Trigger.SAVE)
    assert refused.value.detail == f"Cette attestation est à l’état « {label} » : elle ne se modifie plus."
