"""A campaign's dates: who is concerned, who is late, what is refused."""

from datetime import date

import pytest
from chassis.problems import Conflict, FieldError, Invalid
from declaration.domain import campaign, snapshot, texts
from declaration.domain.campaign import Dates, Phase, Trigger
from declaration.domain.july import EXEMPTION_LABELS, Exemption, exemption
from declaration.domain.nationwide import Outcome, refusal
from declaration_cases import CONTEXT, INFORMATION, KNOWN, YEAR, saved
from hypothesis import given
from hypothesis import strategies as st

DATES = Dates(2026, date(2026, 7, 1), date(2026, 11, 15), date(2027, 1, 15))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 7, 31), None, None),
        (date(2026, 8, 1), None, Exemption.ENTERED_AFTER_JULY),
        (date(2016, 9, 1), date(2026, 7, 1), None),
        (date(2016, 9, 1), date(2026, 6, 30), Exemption.LEFT_BEFORE_JULY),
        (date(2026, 7, 15), date(2026, 7, 16), None),
        (date(2026, 8, 1), date(2026, 8, 1), Exemption.ENTERED_AFTER_JULY),
    ],
)
def test_a_lease_is_concerned_when_it_existed_in_july(
    start: date, end: date | None, expected: Exemption | None
) -> None:
    assert exemption(start, end, 2026) == expected


def test_each_exemption_has_its_french_reason() -> None:
    assert set(EXEMPTION_LABELS) == set(Exemption)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 2000))
def test_a_lease_is_concerned_exactly_when_a_day_of_july_falls_in_it(start: date, days: int) -> None:
    end = date.fromordinal(start.toordinal() + days)
    existed = any(start <= date(2026, 7, day) <= end for day in range(1, 32))
    assert (exemption(start, end, 2026) is None) is existed


@pytest.mark.parametrize(
    ("phase", "today", "filing", "late"),
    [
        (Phase.DRAFT, date(2026, 7, 1), False, False),
        (Phase.OPEN, date(2026, 11, 15), True, False),
        (Phase.OPEN, date(2026, 11, 16), True, True),
        (Phase.CLOSED, date(2026, 11, 1), True, True),
        (Phase.CLOSED, date(2027, 1, 15), True, True),
        (Phase.CLOSED, date(2027, 1, 16), False, True),
        (Phase.OPEN, date(2027, 1, 16), False, True),
    ],
)
def test_late_declarations_are_taken_until_the_cut_off_and_marked(
    phase: Phase, today: date, filing: bool, late: bool
) -> None:
    assert campaign.filing_open(phase, DATES, today) is filing
    assert campaign.late(phase, DATES, today) is late


@pytest.mark.parametrize(
    ("year", "deadline", "cut_off", "pointer"),
    [
        (2018, date(2018, 11, 15), date(2018, 12, 1), "/year"),
        (2027, date(2027, 11, 15), date(2027, 12, 1), "/year"),
        (2026, date(2026, 7, 1), date(2026, 12, 1), "/deadline"),
        (2026, date(2026, 11, 15), date(2026, 11, 14), "/cut_off"),
        (2026, date(2026, 11, 15), date(2029, 1, 1), "/cut_off"),
    ],
)
def test_dates_that_do_not_follow_each_other_are_refused(
    year: int, deadline: date, cut_off: date, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        campaign.planned(year, deadline, cut_off, None, today=date(2026, 9, 2))
    assert [error.pointer for error in refused.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("year", "deadline", "cut_off"),
    [
        (2019, date(2019, 7, 2), date(2019, 7, 2)),
        (2026, date(2026, 11, 15), date(2026, 11, 15)),
        (2026, date(2026, 11, 15), date(2028, 12, 31)),
    ],
)
def test_dates_at_their_limits_are_taken(year: int, deadline: date, cut_off: date) -> None:
    found = campaign.planned(year, deadline, cut_off, None, today=date(2026, 9, 2))
    assert (found.deadline, found.cut_off) == (deadline, cut_off)


def test_a_campaign_opens_on_the_first_of_july_unless_said_otherwise() -> None:
    assert campaign.planned(2026, DATES.deadline, DATES.cut_off, None, today=date(2026, 9, 2)) == DATES


@pytest.mark.parametrize(
    ("phase", "act"), [(p, a) for p in Phase for a in Trigger if (p, a) not in campaign.TRANSITIONS]
)
def test_a_campaign_is_opened_once_and_closed_once(phase: Phase, act: Trigger) -> None:
    with pytest.raises(Conflict) as refused:
        campaign.advance(phase, act)
    label = campaign.LABELS[phase]
    assert refused.value.detail == f"Cette campagne est {label}\u00a0: cette action n’est pas possible."


def test_every_wrong_date_is_refused_at_once_with_its_rule_and_an_example() -> None:
    with pytest.raises(Invalid) as refused:
        campaign.planned(2018, date(2018, 6, 1), date(2021, 1, 1), None, today=date(2026, 9, 2))
    wrong = "Cette date ne convient pas."
    assert refused.value.errors == (
        FieldError(
            pointer="/year",
            code="year",
            detail=wrong,
            rule="une année déjà commencée, depuis 2019",
            example="2026",
        ),
        FieldError(
            pointer="/deadline",
            code="deadline",
            detail=wrong,
            rule="une date après l’ouverture",
            example="2018-11-15",
        ),
        FieldError(
            pointer="/cut_off",
            code="cut_off_year",
            detail=wrong,
            rule="au plus tard deux ans après",
            example="2019-01-15",
        ),
    )
    with pytest.raises(Invalid) as refused:
        campaign.planned(2026, date(2026, 11, 15), date(2026, 11, 14), None, today=date(2026, 9, 2))
    assert refused.value.errors == (
        FieldError(
            pointer="/cut_off",
            code="cut_off",
            detail=wrong,
            rule="la date limite, ou une date après elle",
            example="2027-01-15",
        ),
    )


def test_an_opening_of_its_own_is_kept() -> None:
    planned = campaign.planned(2026, DATES.deadline, DATES.cut_off, date(2026, 9, 1), today=date(2026, 9, 2))
    assert planned.opens_on == date(2026, 9, 1)


def test_reminders_that_do_not_fit_are_refused_with_the_rule_and_an_example() -> None:
    with pytest.raises(Invalid) as refused:
        campaign.checked_reminders([DATES.opens_on], DATES)
    assert refused.value.errors == (
        FieldError(
            pointer="/reminders",
            code="reminders",
            detail="Ces dates de rappel ne conviennent pas.",
            rule="10 dates au plus, après l’ouverture et jusqu’au dernier jour",
            example="2026-10-15",
        ),
    )


def test_landlords_are_given_time_until_the_deadline_included() -> None:
    campaign.require_time_left(DATES, DATES.deadline)
    with pytest.raises(Conflict) as refused:
        campaign.require_time_left(DATES, date(2026, 11, 16))
    assert refused.value.detail == ("La date limite de cette campagne est passée : changez les dates avant d’ouvrir.")


@pytest.mark.parametrize(
    ("phase", "today", "outcome"),
    [
        (Phase.DRAFT, date(2026, 6, 30), Outcome.NOT_YET),
        (Phase.DRAFT, date(2026, 7, 1), None),
        (Phase.DRAFT, date(2026, 11, 15), None),
        (Phase.DRAFT, date(2026, 11, 16), Outcome.DEADLINE_PASSED),
        (Phase.OPEN, date(2026, 9, 1), Outcome.ALREADY_OPEN),
        (Phase.CLOSED, date(2026, 9, 1), Outcome.CLOSED),
    ],
)
def test_a_campaign_is_opened_with_the_others_between_its_own_dates(
    phase: Phase, today: date, outcome: Outcome | None
) -> None:
    assert refusal(phase, DATES, today) is outcome


def test_the_same_content_has_the_same_hash_whatever_the_order_of_its_keys() -> None:
    assert snapshot.sha256({"a": 1, "b": "é"}) == snapshot.sha256({"b": "é", "a": 1})
    assert snapshot.sha256({"a": 1}) != snapshot.sha256({"a": 2})


def test_what_the_landlord_corrected_is_told_with_before_and_after() -> None:
    draft = saved(information={**INFORMATION, "furnished": True, "lease_start": "2017-01-01"})
    assert draft.information is not None
    found = snapshot.corrected(draft.information, KNOWN)
    assert [(each["field"], each["before"], each["after"]) for each in found] == [
        ("furnished", "non", "oui"),
        ("lease_start", "2016-09-01", "2017-01-01"),
    ]


def test_the_declared_part_holds_the_total_and_the_answers_to_confirmations() -> None:
    draft = saved(rent={"rent": "600", "charges": "38", "share": "whole", "full_month": True, "furnished": False})
    draft = type(draft)(draft.information, draft.situation, draft.rent, {"differs_from_last_year": ""})
    found = snapshot.declared(draft, KNOWN, YEAR)
    assert found["rent"]["total"] == "638.00"
    assert [(each["code"], each["reason"]) for each in found["confirmations"]] == [("differs_from_last_year", None)]


def test_references_are_long_and_never_the_same() -> None:
    made = {snapshot.reference(2026) for _ in range(200)}
    assert len(made) == 200
    assert all(each.startswith("R26-") and len(each) == 23 for each in made)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DE L’ÉCLUSE Zoé", "de l ecluse zoe"),
        ("Œuvre-Saint", "oeuvre saint"),
        ("  1234567A ", "1234567a"),
        ("%_", ""),
    ],
)
def test_names_are_searched_without_accents_case_or_punctuation(text: str, expected: str) -> None:
    assert texts.folded(text) == expected


def test_the_tests_day_is_inside_the_campaign() -> None:
    assert campaign.filing_open(Phase.OPEN, DATES, CONTEXT.today)
