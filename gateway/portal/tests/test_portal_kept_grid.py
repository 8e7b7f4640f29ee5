"""A page of « Saisir en tableau » that expired: every row that was typed in comes back, the others as they stand."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from portal_forms import NOTICE, Form, come_back, end_sessions, rows
from portal_stand_ins import DECLARATION, FakeIdentity, FakeServices, SignIn
from test_portal_grid import DRAFTS, row
from webui.kept_forms import MOST_BYTES
from webui.testing import page_checks

GRID = "/declarer/tableau"


def many_rows(services: FakeServices, count: int) -> list[dict[str, Any]]:
    """A page of the grid, with names as long as they get."""
    made = []
    for place in range(count):
        tenant = {
            "number": f"{place:07}A",
            "last_name": f"VAN DEN BROUCKE-D’HEILLY {place}" * 2,
            "first_name": "Zoé" * 9,
        }
        one = row(id=DECLARATION[:-2] + f"{place:02}", tenant=tenant)
        one["dwelling"] = {**one["dwelling"], "reference": f"BÂTIMENT {place} ESCALIER C APPARTEMENT 1204"}
        made.append(one)
    services.on("GET", DRAFTS, {"items": made, "next_cursor": None})
    return made


def typed_rows(browser: FlaskClient, count: int) -> dict[str, list[str]]:
    fields = Form.of(browser.get(GRID).text, GRID).fields
    for place in range(count):
        fields |= {
            f"l{place}-rent": [f"{500 + place},25"],
            f"l{place}-charges": ["41,50"],
            f"l{place}-present": ["oui"],
        }
        fields[f"l{place}-reason"] = ["Travaux d’isolation, révision de l’indice"]
    return fields


def test_a_full_page_of_the_grid_is_given_back_row_by_row(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    many_rows(services, 50)
    browser = sign_in()
    fields = typed_rows(browser, 50)
    end_sessions(portal)
    assert "conservé pendant une heure" in browser.post(GRID, data=fields).text
    [found] = rows(portal)
    assert len(found.sealed) < MOST_BYTES / 2
    page = browser.get(come_back(browser, identity, GRID)).text
    assert page_checks(page) == []
    again = Form.of(page, GRID).fields
    assert {name: again[name] for name in fields if name.startswith("l")} == {
        name: value for name, value in fields.items() if name.startswith("l")
    }
    assert services.sent("PUT", DRAFTS) == []
    services.on("PUT", DRAFTS, {"items": []})
    assert browser.post(GRID, data=again).status_code == 303
    assert len(services.sent("PUT", DRAFTS)[0]["rows"]) == 50
    assert (rows(portal), NOTICE in browser.get(GRID).text) == ([], False)


def test_rows_not_typed_in_are_shown_as_they_stand_and_those_gone_are_said(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    first = many_rows(services, 3)
    browser = sign_in()
    fields = typed_rows(browser, 2)
    end_sessions(portal)
    browser.post(GRID, data=fields)
    # Meanwhile the first was transmitted, and a colleague saved the third, in which nothing had been typed here.
    theirs = {**first[2], "etag": '"9"', "cells": {**first[2]["cells"], "rent": "999,00"}}
    services.on("GET", DRAFTS, {"items": [first[1], theirs], "next_cursor": None})
    page = browser.get(come_back(browser, identity, GRID)).text
    again = Form.of(page, GRID).fields
    assert (again["l0-rent"], again["l0-etag"]) == (["501,25"], ['"7"'])
    assert (again["l1-rent"], again["l1-etag"]) == (["999,00"], ['"9"'])
    assert "1 ligne saisie" in page.replace("\u00a0", " ")
    assert page_checks(page) == []


def test_rows_saved_beside_a_wrong_one_are_not_given_back_older_than_they_are(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    many_rows(services, 2)
    browser = sign_in()
    fields = typed_rows(browser, 2)
    end_sessions(portal)
    browser.post(GRID, data=fields)
    page = browser.get(come_back(browser, identity, GRID)).text
    wrong = {"column": "rent", "code": "x", "detail": "Illisible.", "rule": "r", "example": ""}
    one = {"id": DECLARATION[:-2] + "00", "outcome": "refused", "errors": [wrong], "row": None}
    services.on("PUT", DRAFTS, {"items": [one]})
    assert browser.post(GRID, data=Form.of(page, GRID).fields).status_code == 422
    assert NOTICE not in browser.get(GRID).text


def test_filling_in_the_missing_answers_is_done_as_it_was_asked(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    empty = {**row()["cells"], "rent_up_to_date": "", "arrears_amount": ""}
    services.on("GET", DRAFTS, {"items": [row(cells=empty)], "next_cursor": None})
    browser = sign_in()
    fields = {**typed_rows(browser, 1), "fill": ["1"], "all-rent_up_to_date": ["oui"]}
    end_sessions(portal)
    browser.post(GRID, data=fields)
    again = Form.of(browser.get(come_back(browser, identity, GRID)).text, GRID).fields
    assert (again["l0-rent_up_to_date"], again["l0-rent"]) == (["oui"], ["500,25"])
    assert services.sent("PUT", DRAFTS) == []
