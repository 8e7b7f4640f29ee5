"""Several tenants on a page, one row each: the same rules as the pages, one row at a time, nothing lost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from chassis import clock, ids
from chassis.french import money
from declaration.domain import journey
from declaration.domain.draft import Draft
from declaration.domain.rows import cells, row_validation
from declaration.domain.rows.columns import COLUMNS
from declaration.domain.rows.row_validation import Outcome
from declaration_cases import CONTEXT, INFORMATION, KNOWN, RENT, SITUATION, saved
from declaration_desk import named
from hypothesis import given
from hypothesis import strategies as st

TYPED = {"confirmed": "oui", "present": "oui", "rent_up_to_date": "oui", "rent": "415,00", "charges": "38"}
OTHER = "732829320001740"


def judge(typed: dict[str, str], draft: Draft | None = None, *, current: bool = True, **known: Any) -> Any:
    from dataclasses import replace

    return row_validation.validate_row(typed, draft or Draft(), replace(KNOWN, **known), CONTEXT, current=current)


def test_a_row_makes_the_same_draft_as_the_three_pages() -> None:
    assert judge(TYPED).after == saved(information=INFORMATION, situation=SITUATION, rent=RENT)


def test_a_row_left_as_it_is_shown_changes_nothing_whatever_it_holds() -> None:
    for draft in (Draft(), saved(), saved(rent={**RENT, "rent": "900"})):
        assert judge(row_validation.filled(draft, KNOWN, 2026), draft).outcome is Outcome.UNCHANGED
        assert judge({}, draft, current=False).outcome is Outcome.UNCHANGED


def test_the_same_value_written_otherwise_changes_nothing() -> None:
    assert judge({"rent": "415.0", "charges": "38,00 €", "present": "Vrai"}, saved()).outcome is Outcome.UNCHANGED


def test_a_row_changed_by_somebody_else_is_held_back_even_when_it_is_wrong() -> None:
    for rent in ("500", "12,345"):
        verdict = judge({"rent": rent}, saved(), current=False)
        assert (verdict.outcome, verdict.change, verdict.errors[0].code) == (Outcome.CHANGED, {}, "changed")


REFUSED = {
    "rent": ("12,345", "1.234,50", "-5", "abc", "1e3", "=1+1", "100000", "412,50€€", "٣", "1 23"),
    "left_on": ("31/02/2026", "15/7/26", "demain", "2026-13-01", "99999", "15/07/2099", "01/01/1999"),
    "co_tenants": ("0", "100", "deux", "2,5", "-1", "²"),
    "present": ("peut-être", "1", "="),
    "share": ("moitié",),
    "full_month": ("31",),
}


@pytest.mark.parametrize(("column", "text"), [(name, text) for name, texts in REFUSED.items() for text in texts])
def test_a_cell_that_breaks_its_rule_is_refused_with_the_rule_and_an_example_that_passes(
    column: str, text: str
) -> None:
    typed = {**TYPED, **({"present": "non"} if column == "left_on" else {}), column: text}
    verdict = judge(typed)
    assert verdict.outcome is Outcome.REFUSED
    assert [(error.column, error.rule) for error in verdict.errors] == [(column, COLUMNS[column].rule)]
    assert text not in verdict.errors[0].detail or text in ("1", "=")
    example = verdict.errors[0].example
    fine = {**typed, column: example}
    assert judge(fine).outcome is Outcome.SAVED


def test_what_depends_on_an_answer_is_asked_for_under_its_own_column() -> None:
    verdict = judge({**TYPED, "present": "non", "rent_up_to_date": "non", "charges": ""})
    found = {error.column for error in verdict.errors}
    assert found == {"left_on", "arrears_amount", "first_default_on", "charges"}


def test_the_new_address_and_the_corrections_made_on_a_page_stay_when_a_row_is_saved() -> None:
    gone = {**SITUATION, "present": False, "left_on": "2026-08-15", "new_address": ["3 RUE DES LILAS", "35000 RENNES"]}
    before = saved(information={**INFORMATION, "commune_insee": "35047"}, situation=gone)
    after = judge({"co_tenants": "2", "left_on": "16/08/2026"}, before).after
    assert after.situation is not None
    assert before.situation is not None
    assert (after.situation.new_address, after.information) == (before.situation.new_address, before.information)


POINTS = {"differs_from_last_year", "co_tenants_changed"}


def test_one_answer_confirms_the_points_of_the_row_with_its_reason() -> None:
    high = {**TYPED, "rent": "900", "co_tenants": "2", "share": "part"}
    assert set(journey.missing(judge(high).after, KNOWN, CONTEXT)[0].pointer.split("/")) & {"confirmations"}
    confirmed = judge({**high, "confirm": "oui", "reason": "Travaux"}).after
    assert confirmed.confirmations == dict.fromkeys(POINTS, "Travaux")
    assert journey.missing(confirmed, KNOWN, CONTEXT) == []
    again = judge({**high, "confirm": "oui", "reason": "Travaux"}, confirmed)
    assert again.outcome is Outcome.UNCHANGED


def test_a_confirmation_falls_with_the_value_it_was_about() -> None:
    confirmed = judge({**TYPED, "rent": "900", "confirm": "oui"}).after
    assert judge({"rent": "950"}, confirmed).after.confirmations == {}


@pytest.mark.parametrize("typed", [{"reason": "Travaux"}, {"confirm": "peut-être"}, {"confirm": "non", "reason": "x"}])
def test_a_reason_alone_or_another_answer_confirms_nothing(typed: dict[str, str]) -> None:
    verdict = judge({**TYPED, "rent": "900", **typed})
    assert (verdict.outcome, verdict.errors[0].column) == (Outcome.REFUSED, "confirm")


@pytest.mark.parametrize(
    ("column", "text"),
    [("reason", "Trav\u202eaux"), ("reason", "a\ab"), ("present", "\u202eoui"), ("rent", "415\u200b,00")],
)
def test_a_cell_with_a_control_or_direction_character_is_refused_by_its_name(column: str, text: str) -> None:
    verdict = judge({**TYPED, "rent": "900", "confirm": "oui", column: text})
    [error] = verdict.errors
    assert (verdict.outcome, verdict.change) == (Outcome.REFUSED, {})
    assert (error.column, error.code, error.example) == (column, "characters", COLUMNS[column].example)
    assert error.detail.startswith(f"« {COLUMNS[column].header} » contient un caractère invisible")


def test_a_reason_may_have_lines() -> None:
    typed = {**TYPED, "rent": "900", "confirm": "oui", "reason": "Travaux :\r\nfenêtres"}
    assert judge(typed).outcome is Outcome.SAVED


def test_a_reason_too_long_is_refused_under_its_own_column() -> None:
    verdict = judge({**TYPED, "rent": "900", "confirm": "oui", "reason": "x" * 501})
    assert [error.column for error in verdict.errors] == ["reason"]


EUROS = st.decimals(min_value=0, max_value=99999, places=2, allow_nan=False, allow_infinity=False)


@given(EUROS)
def test_an_amount_shown_and_typed_again_is_the_same(amount: Decimal) -> None:
    assert money.parse(cells.from_amount(amount)) == amount


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_a_day_shown_and_typed_again_is_the_same_in_each_way_of_writing_it(day: date) -> None:
    for text in (cells.from_day(day), day.isoformat(), f"{day.day}-{day.month}-{day.year}"):
        assert cells.day(text) == day.isoformat()


@given(st.dates(min_value=date(1960, 1, 1), max_value=date(2099, 12, 31)))
def test_a_day_whose_cell_lost_its_format_is_read_from_its_number(day: date) -> None:
    assert cells.day(str((day - date(1899, 12, 30)) // timedelta(days=1))) == day.isoformat()


@given(st.dictionaries(st.sampled_from([*COLUMNS, "other"]), st.text(max_size=30)))
def test_whatever_is_typed_a_row_is_saved_or_refused_and_saving_it_again_changes_nothing(typed: dict[str, str]) -> None:
    verdict = judge(typed)
    assert (verdict.outcome is Outcome.REFUSED) == bool(verdict.errors)
    if verdict.outcome is Outcome.SAVED:
        assert judge(typed, verdict.after).outcome is Outcome.UNCHANGED


# Over HTTP


@pytest.fixture
def three(world: Any) -> Any:
    numbers = ("1234567A", "1234567B", "1234567C")
    world.register(*({"dwelling_ref": f"L-{n}", "tenant_number": n, "tenant_last_name": f"N{n}"} for n in numbers))
    world.open_campaign()
    return world


def rows_of(world: Any, headers: dict[str, str], **params: Any) -> list[dict[str, Any]]:
    answer = world.get("/drafts", headers, **params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def put(world: Any, headers: dict[str, str], *rows: tuple[dict[str, Any], dict[str, str]]) -> list[dict[str, Any]]:
    body = {"rows": [{**named(row), "cells": typed} for row, typed in rows]}
    answer = world.put("/drafts", headers, body)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_who_has_no_right_sees_and_saves_no_row(three: Any) -> None:
    mine = three.landlord()
    row = rows_of(three, mine)[0]
    strangers = [
        three.landlord(("private", "75")),
        three.grant(ids.new_id(), ("private", "FR"), organisation_id=ids.organisation_id(siret="44306184100047")),
    ]
    for stranger in strangers:
        assert rows_of(three, stranger) == []
        [answer] = put(three, stranger, (row, TYPED))
        assert (answer["outcome"], answer["row"]) == ("unknown", None)
    stopped = three.grant(ids.new_id(), ("private", "FR"), active=False)
    assert three.get("/drafts", stopped).json()["type"].endswith(":account-closed")
    assert three.put("/drafts", stopped, {"rows": [{**named(row), "cells": TYPED}]}).status_code == 403
    nobody = put(three, mine, ({**row, "id": str(ids.new_id())}, TYPED))
    assert nobody[0]["errors"] == answer["errors"]
    assert three.get("/drafts", three.agent()).status_code == 403
    assert three.put("/drafts", three.agent(), {"rows": [{**named(row), "cells": {}}]}).status_code == 403
    assert [each["status"] for each in rows_of(three, mine)] == ["to_declare"] * 3


def test_a_row_refused_keeps_none_of_the_others_back(three: Any) -> None:
    person = three.landlord()
    first, second, third = rows_of(three, person)
    answers = put(three, person, (first, TYPED), (second, {**TYPED, "rent": "12,345"}), (third, {}))
    assert [answer["outcome"] for answer in answers] == ["saved", "refused", "unchanged"]
    assert answers[1]["errors"][0]["column"] == "rent"
    assert "12,345" not in str(answers[1])
    now = rows_of(three, person)
    assert [row["complete"] for row in now] == [True, False, False]
    assert [row["id"] for row in now] == [first["id"], second["id"], third["id"]]
    assert [row["event"] for row in three.harness.rows("state_transition")] == ["open"] * 3 + ["save"]


def test_of_two_people_at_one_row_the_second_is_told_and_sees_both_values(three: Any) -> None:
    one, two = three.landlord(), three.landlord()
    row = rows_of(three, one)[0]
    assert put(three, one, (row, TYPED))[0]["outcome"] == "saved"
    [answer] = put(three, two, (row, {**TYPED, "rent": "480,00"}))
    assert (answer["outcome"], answer["row"]["cells"]["rent"]) == ("changed", "415,00")
    assert answer["row"]["updated_by"]["kind"] == "organisation"
    saved = clock.parse(answer["row"]["updated_at"]).astimezone(clock.PARIS)
    who = "par une autre personne de votre organisme"
    assert f"{who}, le {saved:%d/%m/%Y} à {saved:%H} h {saved:%M}" in answer["errors"][0]["detail"]
    [own] = put(three, one, (row, {**TYPED, "rent": "470,00"}))
    assert (own["outcome"], own["row"]["updated_by"]["kind"]) == ("changed", "you")
    assert "par vous-même, ailleurs" in own["errors"][0]["detail"]
    assert rows_of(three, one)[0]["cells"]["rent"] == "415,00"
    assert put(three, two, (answer["row"], {"rent": "430,00"}))[0]["outcome"] == "saved"


def test_a_transmitted_declaration_leaves_the_rows_and_takes_no_other_value(three: Any) -> None:
    person = three.landlord()
    row = rows_of(three, person)[0]
    row = put(three, person, (row, TYPED))[0]["row"]
    path = f"/declarations/{row['id']}/transmission"
    assert three.post(path, person, **{"If-Match": row["etag"]}).status_code == 201
    assert row["id"] not in [each["id"] for each in rows_of(three, person)]
    same, other = put(three, person, (row, TYPED)), put(three, person, (row, {"rent": "1"}))
    assert same[0]["outcome"] == "unchanged"
    assert other[0]["outcome"] in ("refused", "changed")
    assert "« Transmise »" in str(put(three, person, (same[0]["row"], {"rent": "1"}))[0]["errors"])


def test_the_rows_come_a_page_at_a_time_in_the_order_of_the_tenants(three: Any) -> None:
    person, seen, cursor = three.landlord(), [], None
    for _ in range(3):
        answer = three.get("/drafts", person, limit=1, **({"cursor": cursor} if cursor else {})).json()
        seen += [row["tenant"]["number"] for row in answer["items"]]
        cursor = answer["next_cursor"]
    assert (seen, cursor) == (["1234567A", "1234567B", "1234567C"], None)
    assert three.get("/drafts", person, cursor="bm9u").status_code == 400
    assert [row["tenant"]["number"] for row in rows_of(three, person, q="1234567B")] == ["1234567B"]
