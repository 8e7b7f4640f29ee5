"""Cells and rows as values: how each is read, shown and compared, and each refusal whole."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from declaration.domain import declared
from declaration.domain.draft import Draft
from declaration.domain.fields import Address, Option
from declaration.domain.rows import cells, columns, row_validation
from declaration.domain.rows.columns import COLUMNS, IN_STEPS, at
from declaration.domain.rows.errors import CellError
from declaration.domain.rows.row_validation import CHANGED_MEANWHILE, Outcome, RowResult
from declaration_cases import CONTEXT, GONE, INFORMATION, KNOWN, RENT, SITUATION, YEAR, saved


@pytest.fixture(autouse=True)
def _columns_made_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is made from the declared fields when the module is first read: here, once more for each test."""
    for name, column in columns._in_steps():
        monkeypatch.setitem(IN_STEPS, name, column)
        monkeypatch.setitem(COLUMNS, name, column)


SHOWN = {
    "confirmed": ("Informations exactes", "information", True, "oui", "oui"),
    "present": ("Toujours locataire", "situation", False, "non", "oui"),
    "left_on": (None, "situation", date(2026, 8, 5), "05/08/2026", None),
    "co_tenants": (None, "situation", 2, "2", None),
    "arrears_amount": (None, "situation", Decimal("650.5"), "650,50", None),
    "rent": (None, "rent", Decimal(512), "512,00", None),
    "share": (None, "rent", "tenant_share", "part", "entier"),
    "full_month": (None, "rent", None, "", None),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_column_shows_the_value_of_its_field_under_its_title(name: str) -> None:
    header, step, value, shown, example = SHOWN[name]
    column = COLUMNS[name]
    assert (column.step, column.show(value)) == (step, shown)
    assert column.header == (header or column.header)
    assert column.example == (example or column.example)
    assert column.field is {**declared.INFORMATION, **declared.SITUATION, **declared.RENT}[name]
    assert column.header == column.field.cell.header  # type: ignore[union-attr]  # it has a column


def test_days_are_asked_as_the_french_write_them_and_other_cells_by_the_rule_of_their_field() -> None:
    assert (COLUMNS["left_on"].rule, COLUMNS["left_on"].example) == ("une date au format JJ/MM/AAAA", "15/07/2026")
    assert COLUMNS["rent"].rule == declared.RENT["rent"].rule
    assert COLUMNS["confirmed"].rule.startswith("oui si l’adresse, l’entrée et le logement sont exacts")
    assert next(iter(columns._in_steps()))[0] == "confirmed"


def test_a_field_that_no_cell_can_hold_is_a_mistake_of_the_table() -> None:
    cell = declared.INFORMATION["confirmed"].cell
    assert cell is not None
    with pytest.raises(TypeError, match="^no cell holds a field of kind address$"):
        columns._column("information", Address("l’adresse"), cell)


@pytest.mark.parametrize(
    ("name", "typed", "stands", "unchanged"),
    [
        ("rent", "512,30 €", "512,30", True),
        ("rent", "512,31", "512,30", False),
        ("left_on", "5/8/26", "05/08/2026", True),
        ("left_on", "06/08/2026", "05/08/2026", False),
        ("present", "VRAI", "oui", True),
        ("present", "faux", "oui", False),
        ("share", "Part du locataire", "part", True),
        ("share", "entier", "part", False),
        ("share", "tenant_share", "part", True),
        ("co_tenants", "02", "2", True),
        ("reason", "Travaux", "Travaux", True),
    ],
)
def test_a_value_written_otherwise_is_the_same_value(name: str, typed: str, stands: str, unchanged: bool) -> None:
    assert COLUMNS[name].unchanged(typed, stands) is unchanged


@pytest.mark.parametrize(
    ("pointer", "column"),
    [
        ("/rent/charges", "charges"),
        ("/situation/left_on", "left_on"),
        ("/situation/new_address", ""),
        # The same name in another step has no cell.
        ("/information/furnished", ""),
        ("/rent/furnished", "furnished"),
        ("/confirmations", "confirm"),
        ("/confirmations/zero_rent", "reason"),
        ("/information", ""),
    ],
)
def test_an_error_of_a_step_is_told_under_its_column(pointer: str, column: str) -> None:
    assert at(pointer) == column


@pytest.mark.parametrize(
    ("text", "read"),
    [
        *[(word, True) for word in ("oui", "OUI", "o", "vrai", "True")],
        *[(word, False) for word in ("non", "N", "Faux", "false")],
        ("1", "1"),
        ("peut-être", "peut-être"),
    ],
)
def test_yes_and_no_are_read_as_people_and_spreadsheets_write_them(text: str, read: Any) -> None:
    assert cells.yes_or_no(text) is read or cells.yes_or_no(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("5/8/2026", "2026-08-05"),
        ("15.07.2026", "2026-07-15"),
        ("15-07-2026", "2026-07-15"),
        ("2026-07-15", "2026-07-15"),
        ("46218", "2026-07-15"),
        ("19999", "19999"),
        ("80000", "80000"),
        ("15/07/26", "15/07/26"),
    ],
)
def test_a_day_is_read_in_french_in_iso_or_as_the_number_of_a_spreadsheet(text: str, read: str) -> None:
    assert cells.day(text) == read


@pytest.mark.parametrize(
    ("text", "read"), [("7", 7), ("9999", 9999), ("10000", "10000"), ("7,5", "7,5"), ("٣", "٣"), ("", "")]
)
def test_a_number_is_a_few_digits(text: str, read: Any) -> None:
    assert cells.number(text) == read


OPTIONS = {"a": Option("Bouton A", "le mot A", "cellule A"), "b": Option("Bouton B", "le mot B", "cellule B")}


def test_an_answer_is_read_by_its_cell_its_words_or_its_value_and_shown_by_its_cell() -> None:
    read, show = cells.choice(OPTIONS), cells.from_choice(OPTIONS)
    assert [read(text) for text in ("Cellule a", "le mot A", "A", "CELLULE B", "autre")] == [
        "a",
        "a",
        "a",
        "b",
        "autre",
    ]
    assert [show(value) for value in ("a", "b", None, "c")] == ["cellule A", "cellule B", "", ""]


def test_what_is_empty_is_shown_empty() -> None:
    assert [cells.from_flag(None), cells.from_day(None), cells.from_number(None), cells.from_amount(None)] == [""] * 4
    assert [cells.from_flag(True), cells.from_flag(False), cells.from_number(0), cells.text(" a")] == [
        *("oui", "non", "0", " a")
    ]


def filled(draft: Draft, **known: Any) -> dict[str, str]:
    return row_validation.filled(draft, replace(KNOWN, **known), YEAR)


def test_a_row_nobody_filled_shows_what_is_usual() -> None:
    usual = {
        **dict.fromkeys(COLUMNS, ""),
        "co_tenants": "1",
        "share": "entier",
        "full_month": "oui",
        "furnished": "non",
    }
    assert filled(Draft()) == usual
    # Of several holders, whose rent it is is for the landlord to say.
    assert filled(Draft(), co_tenants=2, furnished=True) == {
        **{**usual, "co_tenants": "2", "share": "", "furnished": "oui"}
    }
    corrected = Draft(information=saved(information={**INFORMATION, "furnished": True}).information)
    assert filled(corrected) == {**usual, "confirmed": "oui", "furnished": "oui"}


def test_a_row_shows_its_draft_and_one_reason_of_all_its_points() -> None:
    high: dict[str, Any] = {"situation": {**SITUATION, "co_tenants": 2}, "rent": {**RENT, "rent": "900"}}
    points = ("differs_from_last_year", "co_tenants_changed")
    shown = filled(saved(**high))
    assert (shown["rent"], shown["charges"], shown["co_tenants"]) == ("900,00", "38,00", "2")
    assert (shown["confirm"], shown["reason"]) == ("", "")
    for reasons, confirm, reason in (
        (("Travaux", "Travaux"), "oui", "Travaux"),
        (("Travaux", "À deux"), "oui", ""),
        (("", ""), "oui", ""),
    ):
        draft = saved(**high, confirmations=dict(zip(points, reasons, strict=True)))
        assert [filled(draft)[name] for name in ("confirm", "reason")] == [confirm, reason]
    half = saved(**high, confirmations={points[0]: "Travaux"})
    assert [filled(half)[name] for name in ("confirm", "reason")] == ["", "Travaux"]


def judge(typed: dict[str, str], draft: Draft, *, current: bool = True) -> RowResult:
    return row_validation.validate_row(typed, draft, KNOWN, CONTEXT, current=current)


HIGH = saved(rent={**RENT, "rent": "900"})
CONFIRMED = saved(rent={**RENT, "rent": "900"}, confirmations={"differs_from_last_year": "Travaux"})
SETTLED = "Les points signalés sont déjà confirmés : pour revenir dessus, changez la valeur dont ils parlent."
ALONE = "Répondez « oui » pour confirmer les points signalés ; un motif seul ne les confirme pas."
NO_POINT = "Aucun point n’est à confirmer sur cette ligne : effacez le motif."


@pytest.mark.parametrize(
    ("draft", "typed", "column", "detail"),
    [
        (saved(), {"confirm": "oui", "reason": "Travaux"}, "reason", NO_POINT),
        (HIGH, {"reason": "Travaux"}, "confirm", ALONE),
        (HIGH, {"confirm": "peut-être"}, "confirm", ALONE),
        (HIGH, {"confirm": "non", "reason": "Travaux"}, "confirm", ALONE),
        (CONFIRMED, {"confirm": "non", "reason": ""}, "confirm", SETTLED),
        (CONFIRMED, {"confirm": "", "reason": ""}, "confirm", SETTLED),
    ],
)
def test_an_answer_without_effect_is_refused(draft: Draft, typed: dict[str, str], column: str, detail: str) -> None:
    found = judge(typed, draft)
    assert found == RowResult(
        Outcome.REFUSED,
        draft,
        errors=(CellError(column, "confirm", detail, COLUMNS[column].rule, COLUMNS[column].example),),
    )


def test_a_row_is_saved_with_the_steps_that_it_changes_and_no_other() -> None:
    found = judge({"charges": "40", "unknown": "x"}, saved())
    assert (found.outcome, found.errors) == (Outcome.SAVED, ())
    assert found.change == {
        "rent": {"rent": "415,00", "charges": "40", "share": "whole", "full_month": True, "furnished": False}
    }
    confirmed = judge({"confirm": "oui", "reason": "Travaux"}, HIGH)
    assert confirmed.change == {"confirmations": {"differs_from_last_year": "Travaux"}}
    assert judge({"confirm": "oui"}, HIGH).change == {"confirmations": {"differs_from_last_year": ""}}
    first = judge({"confirmed": "oui"}, Draft()).change
    assert first == {"information": INFORMATION}


def test_who_came_back_loses_the_new_address_and_who_left_keeps_it() -> None:
    gone = saved(situation={**GONE, "new_address": ["3 RUE DES LILAS"]})
    moved = judge({"left_on": "16/08/2026"}, gone).change["situation"]
    assert moved["new_address"] == ["3 RUE DES LILAS"]
    assert "new_address" not in judge({"present": "oui", "left_on": ""}, gone).change["situation"]


def test_reasons_of_several_points_stay_when_none_is_typed() -> None:
    two: dict[str, Any] = {"situation": {**SITUATION, "co_tenants": 2}, "rent": {**RENT, "rent": "900"}}
    reasons = {"differs_from_last_year": "Travaux", "co_tenants_changed": "À deux"}
    draft = saved(**two, confirmations=reasons)
    assert judge({"confirm": "oui", "reason": "", "charges": "39"}, draft).after.confirmations == reasons
    again = judge({"reason": "Bail refait"}, draft)
    assert again.after.confirmations == dict.fromkeys(reasons, "Bail refait")


def test_a_row_saved_by_somebody_else_meanwhile_is_held_back_with_who_and_when() -> None:
    held = judge({"charges": "40"}, saved(), current=False)
    assert held == RowResult(Outcome.CHANGED, saved(), errors=(CHANGED_MEANWHILE,))
    assert judge({"charges": "x"}, saved(), current=False) == held
    assert judge({"reason": "a\ab"}, saved(), current=False).outcome is Outcome.CHANGED
    assert judge({}, saved(), current=False) == RowResult(Outcome.UNCHANGED, saved())
    [error] = row_validation.naming_who_saved(held, "caf", datetime(2026, 9, 1, 6, 5, tzinfo=UTC)).errors
    assert error == replace(
        CHANGED_MEANWHILE,
        detail="Cette déclaration a été enregistrée depuis par la Caf, le 01/09/2026 à 08 h 05. Comparez les deux "
        "saisies avant d’enregistrer la vôtre.",
    )
    fine = judge({"charges": "40"}, saved())
    assert row_validation.naming_who_saved(fine, "caf", datetime(2026, 9, 1, tzinfo=UTC)) is fine


def test_invisible_signs_are_told_cell_by_cell_before_anything_else() -> None:
    found = judge({"rent": "4\u200b15", "share": "x", "reason": "a\tb\u202e"}, saved())
    assert (found.outcome, found.after, found.change) == (Outcome.REFUSED, saved(), {})
    assert [(error.column, error.code) for error in found.errors] == [("rent", "characters"), ("reason", "characters")]
    for error in found.errors:
        column = COLUMNS[error.column]
        assert error.detail.startswith(f"« {column.header} » contient un caractère invisible")
        assert (error.rule.split(", ")[0], error.example) == (column.rule.split(", ")[0], column.example)
        assert error.rule.startswith(f"{column.rule}, ")


def test_an_error_without_a_column_keeps_its_own_rule_and_example() -> None:
    # The entry is corrected on the tenant's page: no cell of the row holds it.
    known = replace(KNOWN, lease_start=date(2026, 8, 1))
    found = row_validation.validate_row({"confirmed": "oui"}, Draft(), known, CONTEXT, current=True)
    [error] = found.errors
    field = declared.INFORMATION["lease_start"]
    assert (error.column, error.code, error.rule, error.example) == (
        *("", "entered_after_july", field.rule, field.example),
    )
