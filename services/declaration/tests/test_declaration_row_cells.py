"""A cell of a row is read or refused, never ignored: whatever stands in it, in whichever row."""

from dataclasses import replace
from typing import Any

import pytest
from declaration.domain import journey
from declaration.domain.draft import Draft
from declaration.domain.rows import row_validation
from declaration.domain.rows.columns import COLUMNS
from declaration.domain.rows.row_validation import Outcome
from declaration_cases import CONTEXT, GONE, KNOWN, OWING, RENT, SITUATION, YEAR, saved
from declaration_desk import FILLED, Desk, counts, named

ODD = [
    "abc",
    "#N/A",
    "#VALEUR!",
    "0",
    "1",
    "2",
    "-1",
    "oui",
    "non",
    "entier",
    "part",
    "15/07/2026",
    "31/02/2026",
    "650,00",
]
ODD += ["1,5", "12,345", "=1+1", "'oui", "x" * 501, ""]
ROWS: dict[str, Draft] = {
    "nothing said": Draft(),
    "there and up to date": saved(),
    "gone": saved(situation=GONE),
    "owing": saved(situation=OWING),
    "something to confirm": saved(rent={**RENT, "rent": "900"}),
    "confirmed": saved(rent={**RENT, "rent": "900"}, confirmations={"differs_from_last_year": "Travaux"}),
    "with an address to come": saved(situation={**GONE, "new_address": ["3 RUE DES LILAS"]}),
}


FOLLOWING = {"present": {"left_on"}, "rent_up_to_date": {"arrears_amount", "first_default_on"}}


def judge(typed: dict[str, str], draft: Draft) -> row_validation.RowResult:
    return row_validation.validate_row(typed, draft, KNOWN, CONTEXT, current=True)


def ignored(name: str, text: str, draft: Draft) -> bool:
    """Whether nothing came of the cell: no error of its column, and another value stands in it afterwards."""
    typed = {**row_validation.filled(draft, KNOWN, YEAR), name: text}
    if draft == Draft():
        typed = {**typed, **FILLED, name: text}
    verdict = judge(typed, draft)
    read = COLUMNS[name].read(text)
    if verdict.outcome is Outcome.REFUSED:
        columns = {error.column for error in verdict.errors}
        # An answer is read, and what follows from it is told under the columns that it asks for or contradicts.
        followed = isinstance(read, bool) and columns & FOLLOWING.get(name, set())
        return not (name in columns or followed or (name == "reason" and "confirm" in columns))
    stands = row_validation.filled(verdict.after, KNOWN, YEAR)[name]
    if name == "confirm" and stands == "":
        # « non » and nothing confirm nothing; « oui » with nothing to confirm is that.
        return read not in ("", False) and bool(journey.confirmations(verdict.after, KNOWN, YEAR))
    no_debt = name == "arrears_amount" and (stands, text) == ("", "0")
    return not no_debt and not COLUMNS[name].unchanged(text, stands)


@pytest.mark.parametrize("row", ROWS)
def test_whatever_stands_in_a_cell_is_stored_or_told_under_its_column(row: str) -> None:
    assert [(name, text) for name in COLUMNS for text in ODD if ignored(name, text, ROWS[row])] == []


CONTRADICTORY = [
    ({"left_on": "15/07/2026"}, "left_on"),
    ({"left_on": "abc"}, "left_on"),
    ({"arrears_amount": "650,00"}, "arrears_amount"),
    ({"arrears_amount": "#N/A"}, "arrears_amount"),
    ({"first_default_on": "05/05/2026"}, "first_default_on"),
    ({"confirm": "oui", "reason": "Rien à confirmer"}, "reason"),
]


@pytest.mark.parametrize(("typed", "column"), CONTRADICTORY)
def test_a_row_that_contradicts_itself_is_refused_with_the_rule_and_an_example(
    typed: dict[str, str], column: str
) -> None:
    verdict = judge({**FILLED, **typed}, Draft())
    assert verdict.outcome is Outcome.REFUSED
    assert [(error.column, bool(error.rule), bool(error.example)) for error in verdict.errors] == [(column, True, True)]


def test_a_confirmation_is_not_taken_back_in_silence() -> None:
    confirmed = ROWS["confirmed"]
    for typed in ({"confirm": "non", "reason": ""}, {"confirm": "", "reason": ""}):
        verdict = judge(typed, confirmed)
        assert (verdict.outcome, verdict.errors[0].column) == (Outcome.REFUSED, "confirm")
    without = judge({"reason": ""}, confirmed)
    assert without.after.confirmations == {"differs_from_last_year": ""}


def test_who_is_there_after_all_keeps_no_new_address() -> None:
    back = judge({"present": "oui", "left_on": ""}, ROWS["with an address to come"])
    assert back.after == replace(saved(situation=SITUATION))


# Over HTTP: the file, the grid and the draft of a step say the same.


@pytest.fixture
def desk(world: Any) -> Desk:
    world.register({"lease_start": "2016-09-01"})
    world.open_campaign()
    return Desk(world, world.landlord())


def test_the_file_the_grid_and_the_steps_refuse_the_same_contradiction(desk: Desk) -> None:
    wrong = {"left_on": "15/07/2020", "arrears_amount": "650,00"}
    found = desk.checked(desk.filled(desk.template(), {**FILLED, **wrong}))
    assert counts(found) == {"lines": 1, "refused": 1}
    in_file = {item["column"]: item["message"] for item in desk.errors(found["id"])["items"]}
    assert list(in_file) == ["Date de départ", "Montant de la dette"]
    [row] = desk.drafts()
    body = {"rows": [{**named(row), "cells": {**FILLED, **wrong}}]}
    [answer] = desk.world.put("/drafts", desk.headers, body).json()["items"]
    assert [error["detail"] for error in answer["errors"]] == list(in_file.values())
    situation = {**SITUATION, "left_on": "2020-07-15", "arrears_amount": "650,00"}
    path = f"/declarations/{row['id']}/draft"
    refused = desk.world.put(path, desk.headers, {"situation": situation}, **{"If-Match": row["etag"]})
    assert refused.status_code == 422
    assert [error["detail"] for error in refused.json()["errors"]] == list(in_file.values())
    assert desk.drafts()[0]["status"] == "to_declare"


@pytest.mark.parametrize(
    "column",
    ["N° allocataire", "Locataire", "Logement", "Adresse connue", "Entrée connue", "Loyer connu", "Charges connues"],
)
def test_a_known_cell_that_failed_is_told_even_on_a_line_that_nobody_filled(desk: Desk, column: str) -> None:
    rows = desk.template().decode("utf-8-sig").splitlines()
    place = rows[0].split(";").index(column)
    cells = rows[1].split(";")
    cells[place] = "#N/A"
    found = desk.checked("\r\n".join([rows[0], ";".join(cells)]).encode())
    assert counts(found) == {"lines": 1, "refused": 1}
    assert [item["column"] for item in desk.errors(found["id"])["items"]] == [column]
