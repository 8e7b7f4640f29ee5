"""Cells compared with what a spreadsheet may have made of them, and rows with the tenant that they name."""

from typing import Any

import pytest
from declaration.domain.rows import known_columns, same
from declaration.domain.rows.errors import CellError


@pytest.mark.parametrize(
    ("compare", "one", "other", "alike"),
    [
        (same.amount, "40", "40,00 €", True),
        (same.amount, "x ", "x", True),
        (same.amount, "x", "y", False),
        (same.day, "01/09/2016", "2016-09-01", True),
        (same.day, "01/09/16", "2016-09-01", True),
        (same.day, "2016-09-01", " 1.9.16 ", True),
        (same.day, "01/09/17", "2016-09-01", False),
        (same.day, "42614", "01/09/2016", True),
        (same.words, "D?ORV?S", "DÉORVÈS", True),
        (same.words, "D?S", "DABCS", False),
        (same.words, "D?S", "DABS", True),
        (same.words, "?", "A", False),
        (same.words, "", "", True),
        (same.words, "le-goff  Zoé", "LE GOFF ZOE", True),
        (same.words, "A?", "AB", True),
        (same.words, "A", "A?", True),
        (same.reference, "1004", "01004", True),
        (same.reference, "1005", "01004", False),
        (same.reference, "123456789012345", "1234567890123456", False),
        (same.reference, "1234567890123450", "1234567890123451", True),
        (same.reference, "1,23457E+11", "123456789012", True),
        (same.reference, "1,23458E+11", "123456789012", False),
        (same.reference, "3-déc", "3-12", True),
        (same.reference, "03/12/2026", "3-12", True),
        (same.reference, "03/12/2026", "L-3-12", False),
        (same.reference, "nan", "12", False),
    ],
)
def test_a_cell_is_compared_with_what_a_spreadsheet_may_have_made_of_it(
    compare: Any, one: str, other: str, alike: bool
) -> None:
    assert compare(one, other) is alike


@pytest.mark.parametrize("text", ["#N/A", " #REF! ", "#VALEUR!", "#NOM?", "#DIV/0!"])
def test_a_failed_formula_is_no_value(text: str) -> None:
    assert not same.no_failure(text)
    assert (same.no_failure("L-0001"), same.no_failure("#1")) == (True, True)


def test_what_can_be_an_amount_or_a_day() -> None:
    assert [same.is_amount(text) for text in ("12,5", "douze")] == [True, False]
    assert [same.is_day(text) for text in ("1/9/16", "2016-09-01", "42614", "septembre")] == [True, True, True, False]


KNOWN_CELLS = {
    **{"tenant_number": "1234567A", "tenant": "DEUJOURS Adam", "dwelling": "L-0001", "address": "2 RUE GINA PANE"},
    **{"lease_start": "01/09/2016", "previous_rent": "412,50", "previous_charges": ""},
}
TOGETHER = "dans un fichier, le repère et les colonnes grises d’une ligne restent ensemble"
AS_KNOWN = "les colonnes grises ne se modifient pas ; une information inexacte se corrige sur la page du locataire"


def stated(**changes: str) -> dict[str, str]:
    return {**KNOWN_CELLS, **changes}


def test_a_row_that_states_what_is_known_has_nothing_to_say() -> None:
    for row in (stated(), {}, {name: " " for name in KNOWN_CELLS}, {"tenant": "deujours ADAM"}):
        assert known_columns.differing(row, KNOWN_CELLS) == []
        assert known_columns.of_another(row, KNOWN_CELLS) == []
        assert known_columns.illegible(row, KNOWN_CELLS) == []
        assert known_columns.changed_since(row, KNOWN_CELLS) == []
    assert known_columns.without_tenant(stated(), KNOWN_CELLS) == []


@pytest.mark.parametrize("name", ["tenant_number", "dwelling"])
def test_a_row_that_names_another_tenant_or_dwelling_tells_all_that_differs(name: str) -> None:
    detail = (
        "Cette ligne nomme un autre locataire ou un autre logement que celui de sa déclaration : rien n’en est "
        "enregistré."
    )
    row = stated(**{name: "7654321B", "previous_charges": "38"})
    assert known_columns.of_another(row, KNOWN_CELLS) == [
        CellError(name, "other_tenant", detail, TOGETHER, KNOWN_CELLS[name]),
        CellError("previous_charges", "other_tenant", detail, TOGETHER, "(vide)"),
    ]


def test_a_known_value_that_changed_is_told_with_what_is_known_now() -> None:
    row = stated(tenant="LEROY Zoé", previous_charges="38")
    assert known_columns.of_another(row, KNOWN_CELLS) == []
    detail = (
        "Cette information a changé depuis que vous avez reçu la ligne, ou a été modifiée ici : la Caf connaît "
        "maintenant « {} ». Vérifiez la ligne, puis renvoyez-la avec cette valeur."
    )
    assert known_columns.changed_since(row, KNOWN_CELLS) == [
        CellError("tenant", "known_changed", detail.format("DEUJOURS Adam"), AS_KNOWN, "DEUJOURS Adam"),
        CellError("previous_charges", "known_changed", detail.format("vide"), AS_KNOWN, "(vide)"),
    ]


def test_a_cell_that_no_value_can_be_is_told_even_where_it_changes_nothing() -> None:
    detail = "Cette cellule n’est pas lisible. Elle ne se modifie pas : remettez-y ce que la Caf connaît."
    row = stated(tenant="#N/A", lease_start="septembre", previous_rent="#REF!", previous_charges="x")
    assert known_columns.illegible(row, KNOWN_CELLS) == [
        CellError(name, "illegible", detail, AS_KNOWN, KNOWN_CELLS[name] or "(vide)")
        for name in ("tenant", "lease_start", "previous_rent", "previous_charges")
    ]


@pytest.mark.parametrize("row", [{}, stated(tenant_number=""), stated(tenant_number="  ")])
def test_a_row_that_names_no_tenant_is_nobody_s(row: dict[str, str]) -> None:
    detail = "Le n° allocataire est absent : rien ne montre que cette ligne est celle du locataire de son repère."
    assert known_columns.without_tenant(row, KNOWN_CELLS) == [
        CellError("tenant_number", "tenant_missing", detail, TOGETHER, "1234567A")
    ]
