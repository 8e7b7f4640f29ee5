"""The journey's steps: what is refused, what must be confirmed, what comes next."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from chassis.french import money
from chassis.problems import Invalid
from declaration.domain import checks, declared, journey, steps
from declaration.domain.draft import Draft, Known
from declaration.domain.journey import NextStep
from declaration.domain.states import State
from declaration_cases import CONTEXT, GONE, INFORMATION, KNOWN, OWING, RENT, SITUATION, YEAR, saved
from hypothesis import given
from hypothesis import strategies as st

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("information", {**INFORMATION, "address": []}, "/information/address", "required"),
    ("information", {**INFORMATION, "address": ["X"] * 7}, "/information/address", "address_lines"),
    ("information", {**INFORMATION, "address": ["X" * 39]}, "/information/address", "address_line_length"),
    ("information", {**INFORMATION, "commune_insee": "35999"}, "/information/commune_insee", "commune"),
    (
        "information",
        {**INFORMATION, "commune_insee": "Saint-Denis"},
        "/information/commune_insee",
        "commune_ambiguous",
    ),
    ("information", {**INFORMATION, "lease_start": "2026-02-30"}, "/information/lease_start", "date"),
    ("information", {**INFORMATION, "lease_start": "2026-08-01"}, "/information/lease_start", "entered_after_july"),
    ("information", {**INFORMATION, "furnished": "oui"}, "/information/furnished", "flag"),
    ("information", {k: v for k, v in INFORMATION.items() if k != "confirmed"}, "/information/confirmed", "required"),
    ("situation", {**SITUATION, "present": False}, "/situation/left_on", "required"),
    ("situation", {**GONE, "left_on": "2016-08-31"}, "/situation/left_on", "left_on_before_entry"),
    ("situation", {**GONE, "left_on": "2026-09-03"}, "/situation/left_on", "left_on_in_future"),
    ("situation", {**GONE, "new_address": ["X" * 39]}, "/situation/new_address", "address_line_length"),
    ("situation", {**SITUATION, "co_tenants": 0}, "/situation/co_tenants", "co_tenants"),
    ("situation", {**SITUATION, "co_tenants": True}, "/situation/co_tenants", "co_tenants"),
    ("situation", {**SITUATION, "rent_up_to_date": False}, "/situation/arrears_amount", "required"),
    ("situation", {**SITUATION, "rent_up_to_date": False}, "/situation/first_default_on", "required"),
    ("situation", {**OWING, "arrears_amount": "0"}, "/situation/arrears_amount", "arrears_zero"),
    ("situation", {**OWING, "arrears_amount": "-5"}, "/situation/arrears_amount", "amount"),
    (
        "situation",
        {**OWING, "first_default_on": "2026-12-01"},
        "/situation/first_default_on",
        "first_default_on_in_future",
    ),
    ("rent", {**RENT, "rent": "1.234,50"}, "/rent/rent", "amount"),
    ("rent", {**RENT, "rent": "12,345"}, "/rent/rent", "amount"),
    ("rent", {**RENT, "rent": "-412,50"}, "/rent/rent", "amount"),
    ("rent", {**RENT, "rent": ""}, "/rent/rent", "required"),
    ("rent", {**RENT, "rent": "100000"}, "/rent/rent", "amount_too_high"),
    ("rent", {**RENT, "charges": None}, "/rent/charges", "required"),
    ("rent", {**RENT, "share": "half"}, "/rent/share", "choice"),
]


@pytest.mark.parametrize(("step", "raw", "pointer", "code"), REFUSED)
def test_a_bad_value_is_refused_with_its_place_its_rule_and_an_example(
    step: str, raw: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        saved(KNOWN, **{step: raw})
    (error,) = [each for each in refused.value.errors if each.pointer == pointer]
    assert error.code == code
    assert all((error.detail, error.rule, error.example))


def test_every_error_of_every_step_comes_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        saved(rent={**RENT, "rent": "x", "charges": "y"}, situation={**SITUATION, "co_tenants": 0})
    assert {error.pointer for error in refused.value.errors} == {"/rent/rent", "/rent/charges", "/situation/co_tenants"}


@pytest.mark.parametrize("typed", ["1 234,50", "1\u202f234,50", "1\u00a0234,50", "1234,50", "1234.50", "1234,5"])
def test_an_amount_is_taken_as_people_write_it(typed: str) -> None:
    rent = saved(rent={**RENT, "rent": typed}).rent
    assert rent is not None
    assert rent.rent == Decimal("1234.50")
    assert money.to_json(rent.total) == "1272.50"


CONTRADICTIONS = {
    "left_on": ("present", "2026-07-15", "x"),
    "new_address": ("present", ["3 RUE DES LILAS", "35000 RENNES"], ["x" * 39]),
    "arrears_amount": ("rent_up_to_date", "650,00", "#N/A"),
    "first_default_on": ("rent_up_to_date", "2026-05-05", "abc"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_an_answer_contradicts_is_refused_and_never_dropped(name: str) -> None:
    _answer, value, illegible = CONTRADICTIONS[name]
    for typed, codes in ((value, {"contradicts"}), (illegible, {"date", "amount", "address_line_length"})):
        with pytest.raises(Invalid) as refused:
            saved(situation={**SITUATION, name: typed})
        [error] = refused.value.errors
        assert (error.pointer, error.code in codes) == (f"/situation/{name}", True)
        assert error.rule
        assert error.example
    assert {name: field.follows.answer for name, field in declared.SITUATION.items() if field.follows} == {
        name: answer for name, (answer, _value, _other) in CONTRADICTIONS.items()
    }


def test_no_debt_contradicts_nothing() -> None:
    assert saved(situation={**SITUATION, "arrears_amount": "0,00"}) == saved()


CONFIRM: list[tuple[str, dict[str, Any], Known, set[str]]] = [
    ("the same rent", {}, KNOWN, set()),
    ("ten percent more", {"rent": {**RENT, "rent": "453,75"}}, KNOWN, set()),
    ("a cent more than ten percent", {"rent": {**RENT, "rent": "453,76"}}, KNOWN, {"differs_from_last_year"}),
    ("ten percent less", {"rent": {**RENT, "rent": "371,25"}}, KNOWN, set()),
    ("a cent less than ten percent less", {"rent": {**RENT, "rent": "371,24"}}, KNOWN, {"differs_from_last_year"}),
    ("nothing known", {"rent": {**RENT, "rent": "900"}}, replace(KNOWN, previous_rent=None), set()),
    ("free last year", {"rent": {**RENT, "rent": "900"}}, replace(KNOWN, previous_rent=Decimal(0)), set()),
    ("rent and charges", {"rent": {**RENT, "rent": "450,50"}}, KNOWN, {"charges_probably_included"}),
    ("a cent less than rent and charges", {"rent": {**RENT, "rent": "450,49"}}, KNOWN, set()),
    ("no charges known", {"rent": {**RENT, "rent": "412,50"}}, replace(KNOWN, previous_charges=Decimal(0)), set()),
    ("zero", {"rent": {**RENT, "rent": "0"}}, KNOWN, {"zero_rent"}),
    ("a cent", {"rent": {**RENT, "rent": "0,01"}}, replace(KNOWN, previous_rent=None), set()),
    ("as many co-tenants", {"situation": {**SITUATION, "co_tenants": 3}}, replace(KNOWN, co_tenants=3), set()),
    ("fewer co-tenants", {}, replace(KNOWN, co_tenants=2), {"co_tenants_changed"}),
    ("co-tenants", {"situation": {**SITUATION, "co_tenants": 3}}, KNOWN, {"co_tenants_changed"}),
    ("left on July 1", {"situation": {**GONE, "left_on": "2026-07-01"}}, KNOWN, {"left_in_july"}),
    ("left on July 31", {"situation": {**GONE, "left_on": "2026-07-31"}}, KNOWN, {"left_in_july"}),
    ("left on August 1", {"situation": {**GONE, "left_on": "2026-08-01"}}, KNOWN, set()),
    ("left in June with a rent", {"situation": {**GONE, "left_on": "2026-06-30"}}, KNOWN, {"rent_after_departure"}),
    (
        "left in June without rent",
        {"situation": {**GONE, "left_on": "2026-06-30"}, "rent": {**RENT, "rent": "0", "charges": "0"}},
        KNOWN,
        set(),
    ),
    ("the share of one holder", {"rent": {**RENT, "share": "tenant_share"}}, KNOWN, {"share_of_one_holder"}),
    (
        "the share of one of two",
        {"rent": {**RENT, "share": "tenant_share"}, "situation": {**SITUATION, "co_tenants": 2}},
        replace(KNOWN, co_tenants=2),
        set(),
    ),
    ("entered on July 1", {"information": {**INFORMATION, "lease_start": "2026-07-01"}}, KNOWN, set()),
    (
        "entered on July 2",
        {"information": {**INFORMATION, "lease_start": "2026-07-02"}},
        KNOWN,
        {"full_month_of_entry"},
    ),
    ("furnished after all", {"rent": {**RENT, "furnished": True}}, KNOWN, {"furnished_differs"}),
]


@pytest.mark.parametrize(("steps", "known", "codes"), [case[1:] for case in CONFIRM], ids=[case[0] for case in CONFIRM])
def test_only_what_is_odd_has_to_be_confirmed(steps: dict[str, Any], known: Known, codes: set[str]) -> None:
    asked = checks.to_confirm(saved(known, **steps), known, YEAR)
    assert {str(check.code) for check in asked} == codes
    assert all(check.message for check in asked)


def test_a_confirmation_without_reason_is_enough_and_does_not_block() -> None:
    draft = saved(rent={**RENT, "rent": "0"})
    assert [error.pointer for error in journey.missing(draft, KNOWN, CONTEXT)] == ["/confirmations/zero_rent"]
    confirmed = journey.save(draft, {"confirmations": {"zero_rent": ""}}, KNOWN, CONTEXT)
    assert journey.missing(confirmed, KNOWN, CONTEXT) == []


def test_a_confirmation_falls_when_the_value_it_was_about_changes() -> None:
    draft = saved(rent={**RENT, "rent": "600"}, confirmations={"differs_from_last_year": "Travaux"})
    same = journey.save(draft, {"rent": {**RENT, "rent": "600,00", "charges": "40"}}, KNOWN, CONTEXT)
    assert same.confirmations == {"differs_from_last_year": "Travaux"}
    other = journey.save(draft, {"rent": {**RENT, "rent": "700"}}, KNOWN, CONTEXT)
    assert other.confirmations == {}


def test_a_confirmation_of_what_is_not_asked_is_not_kept() -> None:
    assert saved(confirmations={"zero_rent": "rien à voir"}).confirmations == {}


def test_a_reason_too_long_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        saved(rent={**RENT, "rent": "0"}, confirmations={"zero_rent": "x" * 501})
    assert refused.value.errors[0].pointer == "/confirmations/zero_rent"


def test_each_step_follows_the_one_before() -> None:
    draft = Draft()
    met = []
    for change in ({"information": INFORMATION}, {"situation": SITUATION}, {"rent": RENT}):
        met.append(journey.next_step(draft, State.DRAFT, KNOWN, CONTEXT))
        draft = journey.save(draft, change, KNOWN, CONTEXT)
    met.append(journey.next_step(draft, State.DRAFT, KNOWN, CONTEXT))
    met.append(journey.next_step(draft, State.TRANSMITTED, KNOWN, CONTEXT))
    assert met == [NextStep.INFORMATION, NextStep.SITUATION, NextStep.RENT, NextStep.SUMMARY, NextStep.DONE]


def test_information_that_is_not_confirmed_is_saved_and_asked_again() -> None:
    draft = saved(information={**INFORMATION, "confirmed": False})
    assert draft.information is not None
    assert journey.next_step(draft, State.DRAFT, KNOWN, CONTEXT) is NextStep.INFORMATION
    assert [error.pointer for error in journey.missing(draft, KNOWN, CONTEXT)] == ["/information"]


def test_an_entry_corrected_to_after_the_departure_sends_back_to_the_situation() -> None:
    draft = saved(situation={**GONE, "left_on": "2020-01-01"}, rent={**RENT, "rent": "0"})
    moved = journey.save(draft, {"information": {**INFORMATION, "lease_start": "2021-05-01"}}, KNOWN, CONTEXT)
    assert journey.next_step(moved, State.DRAFT, KNOWN, CONTEXT) is NextStep.SITUATION
    assert "/situation/left_on" in [error.pointer for error in journey.missing(moved, KNOWN, CONTEXT)]


def test_a_draft_is_found_again_as_it_was_saved() -> None:
    draft = saved(situation={**OWING, "co_tenants": 2}, confirmations={"co_tenants_changed": "Deux au bail"})
    assert journey.load(journey.dump(draft)) == draft
    assert journey.load({}) == Draft()


DIRECT = replace(KNOWN, paid_to_landlord=True)
WARNED: list[tuple[dict[str, Any], date, Known, set[str]]] = [
    ({}, CONTEXT.today, KNOWN, set()),
    ({"situation": {**SITUATION, "co_tenants": 2}}, CONTEXT.today, KNOWN, {"CCH D. 842-3"}),
    (
        {"situation": {**SITUATION, "co_tenants": 2}, "rent": {**RENT, "share": "tenant_share"}},
        CONTEXT.today,
        KNOWN,
        set(),
    ),
    ({"rent": {**RENT, "furnished": True}}, CONTEXT.today, KNOWN, {"CCH D. 842-2"}),
    ({"situation": {**OWING, "arrears_amount": "905,99"}}, CONTEXT.today, KNOWN, set()),
    ({"situation": {**OWING, "arrears_amount": "906,00"}}, CONTEXT.today, KNOWN, {"CCH R. 824-1"}),
    ({"situation": {**OWING, "arrears_amount": "460"}}, date(2027, 1, 2), KNOWN, {"Décret 2026-84"}),
    # The benefit paid to the landlord counts: 2 × (415 + 38 − 162).
    ({"situation": {**OWING, "arrears_amount": "581,99"}}, CONTEXT.today, DIRECT, set()),
    ({"situation": {**OWING, "arrears_amount": "582,00"}}, CONTEXT.today, DIRECT, {"CCH R. 824-1"}),
    (
        {"situation": {**GONE, "left_on": "2026-08-01"}},
        date(2026, 9, 2),
        DIRECT,
        {"CCH L. 823-6 et D. 823-15"},
    ),
    ({"situation": {**GONE, "left_on": "2026-08-01"}}, date(2026, 9, 1), DIRECT, set()),
    ({"situation": {**GONE, "left_on": "2026-08-01"}}, date(2026, 9, 2), KNOWN, set()),
]


@pytest.mark.parametrize(("steps", "on", "known", "articles"), WARNED)
def test_the_law_warns_with_its_article_and_never_blocks(
    steps: dict[str, Any], on: date, known: Known, articles: set[str]
) -> None:
    draft = saved(known, **steps)
    assert {warning.article for warning in checks.warnings(draft, known, on)} == articles


@pytest.mark.parametrize(
    ("on", "debt", "articles"),
    [
        # The last day of the old rule, the first of the new one: the same debt, born the same day.
        (date(2026, 12, 31), "450,01", []),
        (date(2027, 1, 1), "450,01", ["Décret 2026-84"]),
        (date(2027, 1, 1), "450,00", []),
        (date(2026, 12, 31), "906,00", ["CCH R. 824-1"]),
    ],
)
def test_the_day_of_declaring_chooses_the_rule_of_arrears(on: date, debt: str, articles: list[str]) -> None:
    owing = {**OWING, "arrears_amount": debt, "first_default_on": "2026-10-02"}
    steps_ = {"information": INFORMATION, "situation": owing, "rent": RENT}
    draft = journey.save(Draft(), steps_, KNOWN, replace(CONTEXT, today=on))
    assert [warning.article for warning in checks.warnings(draft, KNOWN, on)] == articles


def test_a_furnished_flat_share_counts_for_two_thirds_of_its_part() -> None:
    draft = saved(situation={**SITUATION, "co_tenants": 3}, rent={**RENT, "rent": "900", "furnished": True})
    said = [warning.message for warning in checks.warnings(draft, KNOWN, CONTEXT.today)]
    assert ["300,00" in said[0], "200,00" in said[1], len(said)] == [True, True, 2]


def test_a_debt_is_measured_against_last_years_rent_until_julys_is_declared() -> None:
    draft = journey.save(
        Draft(), {"information": INFORMATION, "situation": {**OWING, "arrears_amount": "901"}}, KNOWN, CONTEXT
    )
    assert [warning.article for warning in checks.warnings(draft, KNOWN, CONTEXT.today)] == ["CCH R. 824-1"]
    unknown = replace(KNOWN, previous_rent=None)
    assert checks.warnings(draft, unknown, CONTEXT.today) == []


@given(st.decimals(min_value=0, max_value=Decimal("99999.99"), places=2))
def test_any_amount_survives_typing_storing_and_reading(amount: Decimal) -> None:
    typed = f"{amount:,.2f}".replace(",", " ").replace(".", ",")
    draft = saved(rent={**RENT, "rent": typed})
    assert draft.rent is not None
    assert draft.rent.rent == amount
    assert journey.load(journey.dump(draft)).rent == draft.rent


@given(st.dates(min_value=date(2010, 1, 1), max_value=date(2030, 12, 31)))
def test_a_departure_is_taken_only_between_the_entry_and_today(left_on: date) -> None:
    try:
        saved(situation={**GONE, "left_on": left_on.isoformat()})
        accepted = True
    except Invalid:
        accepted = False
    assert accepted is (KNOWN.lease_start <= left_on <= CONTEXT.today)


ANYTHING = st.one_of(st.none(), st.text(st.characters(codec="latin-1"), max_size=20), st.integers(), st.booleans())


@given(st.dictionaries(st.sampled_from(sorted({*OWING, *GONE})), ANYTHING))
def test_whatever_is_sent_is_saved_or_refused_never_a_crash(raw: dict[str, Any]) -> None:
    situation, errors = steps.situation(raw, CONTEXT, KNOWN.lease_start)
    assert (situation is None) is bool(errors)
    assert all(error.pointer.startswith("/situation/") for error in errors)
