"""A row is stored on the tenant that it names, or not at all: files whose marks slipped, the grid, the API."""

import csv
import io
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from declaration.domain.rows import known_columns, same
from declaration.domain.rows.known_columns import KNOWN_COLUMNS
from declaration.sheets import layout
from declaration_desk import FILLED, Desk, counts, named

NUMBERS = ("1234567A", "1234567B", "1234567C", "1234567D")
OTHER_TENANT, CHANGED = known_columns.OTHER_TENANT, known_columns.CHANGED_SINCE


def tenancy(number: str, **more: str) -> dict[str, str]:
    return {"dwelling_ref": f"L-{number}", "tenant_number": number, "tenant_last_name": "D’ORVÈS", **more}


@pytest.fixture
def desk(world: Any) -> Desk:
    world.register(*map(tenancy, NUMBERS))
    world.open_campaign()
    return Desk(world, world.landlord())


def table(desk: Desk, **cells: str) -> list[dict[str, str]]:
    """The lines of the template, each with a rent of its own."""
    rows = desk.rows(desk.template())
    for place, row in enumerate(rows):
        typed = {**FILLED, "rent": f"{410 + place},00", **cells}
        row |= {layout.HEADERS[name]: text for name, text in typed.items()}
    return rows


def as_csv(rows: list[dict[str, str]]) -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def as_workbook(rows: list[dict[str, str]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate([list(rows[0]), *(row.values() for row in rows)]):
            sheet.write_row(line, 0, cells)
    return target.getvalue()


def slipped(rows: list[dict[str, str]], by: int = 1) -> list[dict[str, str]]:
    """The marks stay, all else moves."""
    marks = [row[layout.MARK_HEADER] for row in rows]
    return [{**row, layout.MARK_HEADER: marks[(place + by) % len(rows)]} for place, row in enumerate(rows)]


def rents(desk: Desk) -> list[str]:
    return [row["cells"]["rent"] for row in desk.drafts()]


@pytest.mark.parametrize("written", [as_csv, as_workbook])
def test_marks_that_slipped_against_the_tenants_are_refused_and_nothing_is_stored(
    desk: Desk, written: Callable[[list[dict[str, str]]], bytes]
) -> None:
    found = desk.checked(written(slipped(table(desk))))
    assert counts(found) == {"lines": 4, "refused": 4}
    assert counts(desk.apply(found["id"])) == {"lines": 4, "refused": 4}
    assert rents(desk) == [""] * 4
    said = desk.errors(found["id"])["items"]
    assert [(item["line"], item["column"], item["value"]) for item in said[:2]] == [
        (2, "N° allocataire", "1234567A"),
        (2, "Logement", "L-1234567A"),
    ]
    assert (said[0]["example"], "restent ensemble" in said[0]["rule"]) == ("1234567B", True)
    assert "un autre locataire" in said[0]["message"]
    # What is given back to correct does not pair the rents with the wrong tenant either.
    correction = desk.world.get(f"/declaration-imports/{found['id']}/correction", desk.headers).content
    again = desk.checked(correction)
    assert counts(desk.apply(again["id"])) == {"lines": 4, "refused": 4}
    assert rents(desk) == [""] * 4


def test_a_slip_is_told_even_where_the_line_would_change_nothing(desk: Desk) -> None:
    assert counts(desk.checked(as_csv(slipped(desk.rows(desk.template()))))) == {"lines": 4, "refused": 4}


def test_lines_sorted_or_left_out_are_stored_where_they_belong(desk: Desk) -> None:
    rows = table(desk)
    found = desk.apply(desk.checked(as_csv([rows[3], rows[0], rows[2]]))["id"])
    assert counts(found) == {"lines": 3, "applied": 3}
    assert rents(desk) == ["410,00", "", "412,00", "413,00"]


@pytest.mark.parametrize("name", [name for name, column in KNOWN_COLUMNS.items() if column.identifies])
def test_one_cell_that_names_another_tenant_or_dwelling_refuses_its_line(desk: Desk, name: str) -> None:
    rows = table(desk)
    rows[0][layout.HEADERS[name]] = rows[1][layout.HEADERS[name]]
    found = desk.apply(desk.checked(as_csv(rows))["id"])
    assert counts(found) == {"lines": 4, "applied": 3, "refused": 1}
    assert [item["column"] for item in desk.errors(found["id"])["items"]] == [layout.HEADERS[name]]
    assert rents(desk)[0] == ""


ALTERED = {
    "tenant": "MARTIN Zoé",
    "address": "3 RUE DES LILAS, 35000 RENNES",
    "lease_start": "01/09/2017",
    "previous_rent": "912,50",
    "previous_charges": "abc",
}


@pytest.mark.parametrize("name", ALTERED)
def test_a_known_cell_that_was_changed_is_told_and_its_line_held_back(desk: Desk, name: str) -> None:
    rows = table(desk)
    rows[0][layout.HEADERS[name]] = ALTERED[name]
    found = desk.apply(desk.checked(as_csv(rows))["id"])
    assert counts(found) == {"lines": 4, "applied": 3, "refused": 1}
    [said] = desk.errors(found["id"])["items"]
    assert (said["line"], said["column"], said["value"]) == (2, layout.HEADERS[name], ALTERED[name])
    assert "se corrige sur la page du locataire" in said["rule"]
    assert said["example"] == desk.rows(desk.template())[0][layout.HEADERS[name]]
    assert rents(desk)[0] == ""


def test_what_the_caf_corrected_meanwhile_is_told_and_the_line_is_sent_again_by_choice(desk: Desk) -> None:
    untouched, filled = desk.template(), as_csv(table(desk))
    corrected = {
        "previous_rent": "399.00",
        "tenant_last_name": "D’AVRAY",
        "dwelling_address": "5 RUE DES LILAS|35000 RENNES",
    }
    desk.world.register(tenancy(NUMBERS[0], **corrected), *map(tenancy, NUMBERS[1:]))
    assert counts(desk.checked(untouched)) == {"lines": 4, "unchanged": 4}
    found = desk.apply(desk.checked(filled)["id"])
    assert counts(found) == {"lines": 4, "applied": 3, "refused": 1}
    said = {item["column"]: item["message"] for item in desk.errors(found["id"])["items"]}
    assert list(said) == ["Locataire", "Adresse connue", "Loyer connu"]
    assert "la Caf connaît maintenant « 399,00 »" in said["Loyer connu"]
    correction = desk.world.get(f"/declaration-imports/{found['id']}/correction", desk.headers).content
    [row] = desk.rows(correction)
    assert (row["Loyer connu"], row["Loyer de juillet hors charges"]) == ("399,00", "410,00")
    assert counts(desk.apply(desk.checked(correction)["id"])) == {"lines": 1, "applied": 1}
    assert rents(desk)[0] == "410,00"


def test_a_line_that_names_no_tenant_changes_nothing(desk: Desk) -> None:
    rows = table(desk)
    rows[0][layout.HEADERS["tenant_number"]] = " "
    found = desk.apply(desk.checked(as_csv(rows))["id"])
    assert counts(found) == {"lines": 4, "applied": 3, "refused": 1}
    assert [item["column"] for item in desk.errors(found["id"])["items"]] == ["N° allocataire"]
    names = (layout.MARK_HEADER, layout.HEADERS["rent"], layout.HEADERS["charges"])
    bare = [{name: row[name] for name in names} for row in table(desk, rent="480")]
    found = desk.checked(as_csv(bare))
    assert counts(found) == {"lines": 4, "refused": 4}


def spread(rows: list[dict[str, str]], column: str, change: Callable[[str], str]) -> None:
    for row in rows:
        row[layout.HEADERS[column]] = change(row[layout.HEADERS[column]])


def test_what_spreadsheets_make_of_a_file_is_the_same_file(desk: Desk) -> None:
    desk.apply(desk.checked(as_csv(table(desk, present="non", left_on="15/07/2025")))["id"])
    rows = desk.rows(desk.template())
    spread(rows, "tenant", lambda text: unicodedata.normalize("NFD", text.replace("’", "'").replace(" ", "\u00a0")))
    spread(rows, "address", str.lower)
    for name in ("lease_start", "left_on"):
        spread(rows, name, lambda text: text[:6] + text[8:])
    for name in ("previous_rent", "previous_charges", "rent", "charges"):
        spread(rows, name, lambda text: text.rstrip("0").rstrip(","))
    assert counts(desk.checked(as_csv(rows))) == {"lines": 4, "unchanged": 4}
    # An « é » that a charset does not have, the number of a day, upper case without accents.
    spread(rows, "tenant", lambda _: "D?ORV?S Adam")
    spread(rows, "lease_start", lambda _: str((date(2016, 9, 1) - date(1899, 12, 30)).days))
    spread(rows, "tenant_number", str.lower)
    assert counts(desk.checked(as_csv(rows))) == {"lines": 4, "unchanged": 4}


SAME = [
    ("1004", "01004"),
    ("1,00E+05", "1E5"),
    ("1,23457E+11", "123456789012"),
    ("03/12/2026", "3-12"),
    ("3-déc", "3-12"),
    ("déc-25", "12-25"),
    ("01:30:00", "1:30"),
    ("46359", "3-12"),
    ("l 0042", "L-0042"),
    ("-5 %", "-5 %"),
]
NOT_SAME = [
    ("1005", "01004"),
    ("04/12/2026", "3-12"),
    ("3-12", "3-13"),
    ("L-0043", "L-0042"),
    ("1,23458E+11", "123456789012"),
    ("1E999999999", "1"),
    ("", "3-12"),
    ("?", "L-0042"),
]


def test_a_reference_is_recognised_in_what_a_spreadsheet_made_of_it_and_no_other_is() -> None:
    assert [pair for pair in SAME if not same.reference(*pair)] == []
    assert [pair for pair in NOT_SAME if same.reference(*pair)] == []


# The grid and the API


def put(desk: Desk, row: dict[str, Any], cells: dict[str, str], **stated: Any) -> dict[str, Any]:
    answer = desk.world.put("/drafts", desk.headers, {"rows": [{**named(row), "cells": cells, **stated}]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def test_a_row_of_the_grid_is_saved_for_the_tenant_that_it_was_shown_for(desk: Desk) -> None:
    one, other = desk.drafts()[:2]
    shown = ("tenant", "dwelling", "previous_rent", "previous_charges")
    for name in ("tenant", "dwelling"):
        answer = put(desk, one, FILLED, **{name: other[name]})
        assert (answer["outcome"], answer["errors"][0]["code"]) == ("refused", OTHER_TENANT)
    answer = put(desk, one, FILLED, tenant=one["tenant"], previous_rent="999.00")
    assert (answer["outcome"], answer["errors"][0]["code"]) == ("refused", CHANGED)
    assert rents(desk) == [""] * 4
    assert put(desk, one, FILLED, **{name: one[name] for name in shown})["outcome"] == "saved"


def test_rows_that_do_not_say_whose_they_are_are_saved_for_nobody(desk: Desk) -> None:
    one, other = desk.drafts()[:2]
    for left_out in ("tenant", "dwelling"):
        silent = {name: value for name, value in named(one).items() if name != left_out}
        rows = [{**named(other), "cells": FILLED}, {**silent, "cells": FILLED}]
        answer = desk.world.put("/drafts", desk.headers, {"rows": rows})
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["pointer"], error["code"]) == (400, f"/rows/1/{left_out}", "required")
    assert rents(desk) == [""] * 4
    # The marks of a whole list slipped by one against its tenants: none of it is saved.
    drafts = desk.drafts()
    slipped = [
        {**named(row), "id": mark["id"], "etag": mark["etag"], "cells": FILLED}
        for mark, row in zip(drafts, drafts[1:] + drafts[:1], strict=True)
    ]
    answers = desk.world.put("/drafts", desk.headers, {"rows": slipped}).json()["items"]
    assert [(each["outcome"], each["errors"][0]["code"]) for each in answers] == [("refused", OTHER_TENANT)] * 4
    assert rents(desk) == [""] * 4


def test_a_draft_that_states_another_tenant_is_refused_with_a_pointer(desk: Desk) -> None:
    one, other = desk.drafts()[:2]
    steps = {"rent": {"rent": "415,00", "charges": "38", "share": "whole", "full_month": True, "furnished": False}}
    path, match = f"/declarations/{one['id']}/draft", {"If-Match": one["etag"]}
    stated = ({"tenant": {"number": other["tenant"]["number"]}}, {"dwelling": other["dwelling"]})
    for wrong, pointer in zip(stated, ("/tenant/number", "/dwelling/reference"), strict=True):
        answer = desk.world.put(path, desk.headers, {**steps, **wrong}, **match)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert desk.world.put(path, desk.headers, {"tenant": one["tenant"]}, **match).status_code == 422
    assert rents(desk) == [""] * 4
    right = {**steps, "tenant": one["tenant"], "dwelling": one["dwelling"]}
    assert desk.world.put(path, desk.headers, right, **match).status_code == 200
