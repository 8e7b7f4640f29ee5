"""« Saisir en tableau »: what is typed on a row goes to the service as it is, and comes back with what is wrong."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import COLLEAGUE, DECLARATION, FakeServices, SignIn, contract
from webui.testing import page_checks, parse

DRAFTS = "/api/declaration/v1/drafts"
PAGE = "/declarer/tableau"


def row(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        json.dumps(contract("declaration")["components"]["schemas"]["DraftRow"]["examples"][0])
    )
    return {**found, **more}


@pytest.fixture
def landlord(sign_in: SignIn, services: FakeServices) -> FlaskClient:
    services.on("GET", DRAFTS, {"items": [row()], "next_cursor": None})
    return sign_in()


def answer_with(services: FakeServices, outcome: str, errors: list[dict[str, str]], **cells: str) -> None:
    changed = row(cells={**row()["cells"], **cells})
    services.on("GET", DRAFTS, {"items": [changed], "next_cursor": "next"})
    services.on("PUT", DRAFTS, {"items": [{"id": DECLARATION, "outcome": outcome, "errors": errors, "row": changed}]})


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the page as it stands."""
    found = {e.get("name"): e.get("value") for e in parse(page) if e.tag == "input" and e.inside("main")}
    return {name: value for name, value in found.items() if name}


def error(column: str) -> dict[str, str]:
    return {"column": column, "code": "x", "detail": "Ce montant n’est pas lisible.", "rule": "r", "example": "512,30"}


def test_an_agent_has_no_grid_and_nothing_is_sent(sign_in: SignIn, services: FakeServices) -> None:
    assert sign_in(kind="agent", caf="359").get(PAGE).status_code == 404
    assert not services.sent("GET", DRAFTS)


def test_each_field_is_named_by_its_column_and_its_tenant(landlord: FlaskClient) -> None:
    page = landlord.get(PAGE).text
    elements = parse(page)
    ids = {e.get("id") for e in elements}
    named = [e.get("aria-labelledby") for e in elements if e.get("aria-labelledby").startswith("c-")]
    assert page_checks(page) == []
    assert len(named) == 12
    assert {part for name in named for part in name.split()} <= ids


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"tenant": {"number": "1234567A"}}'])
def test_a_row_that_no_longer_says_whose_it_is_is_told_and_keeps_what_was_typed(
    landlord: FlaskClient, services: FakeServices, spoilt: str
) -> None:
    typed = {**fields(landlord.get(PAGE).text), "l0-rent": "431,00"}
    page = landlord.post(PAGE, data={**typed, "l0-for": spoilt})
    assert (page.status_code, page_checks(page.text)) == (422, [])
    assert "Cette ligne ne dit plus de quel locataire elle est" in page.text
    assert fields(page.text)["l0-rent"] == "431,00"
    assert services.sent("PUT", DRAFTS) == []
    answer_with(services, "saved", [])
    assert landlord.post(PAGE, data=fields(page.text)).status_code == 303
    assert services.sent("PUT", DRAFTS)[0]["rows"][0]["tenant"] == row()["tenant"]


def test_a_row_left_as_it_is_shown_is_not_sent(landlord: FlaskClient, services: FakeServices) -> None:
    sent = fields(landlord.get(PAGE).text)
    sent.pop("l0-confirm")
    sent |= {"l0-present": "oui", "l0-rent_up_to_date": "oui", "l0-share": "entier"}
    sent |= {"l0-full_month": "oui", "l0-furnished": "non"}
    assert landlord.post(PAGE, data=sent).status_code == 303
    assert services.sent("PUT", DRAFTS) == []
    assert "Aucune ligne n’a changé" in landlord.get(PAGE).text


def test_what_is_typed_goes_to_the_service_as_it_is(landlord: FlaskClient, services: FakeServices) -> None:
    answer_with(services, "saved", [])
    typed = {**fields(landlord.get(PAGE).text), "l0-rent": " 1 234,5 ", "l0-confirm": "oui", "l0-reason": "IRL"}
    assert landlord.post(PAGE, data=typed).headers["Location"] == PAGE
    assert landlord.post(PAGE, data={**typed, "next": "1"}).headers["Location"] == f"{PAGE}?cursor=next"
    [sent] = services.sent("PUT", DRAFTS)[0]["rows"]
    assert (sent["id"], sent["etag"], sent["cells"]["rent"]) == (DECLARATION, '"7"', "1 234,5")
    assert (sent["cells"]["confirm"], sent["cells"]["reason"]) == ("oui", "IRL")
    assert "1 ligne enregistrée" in landlord.get(PAGE).text.replace("\u00a0", " ")


def test_a_refused_row_shows_again_what_was_typed_and_what_is_wrong(
    landlord: FlaskClient, services: FakeServices
) -> None:
    typed = {**fields(landlord.get(PAGE).text), "l0-rent": "12,345"}
    answer_with(services, "refused", [error("rent"), error("arrears_amount"), error("")])
    answer = landlord.post(PAGE, data=typed)
    elements = parse(answer.text)
    assert answer.status_code == 422
    assert page_checks(answer.text) == []
    assert any(e.get("id") == "l0-rent" and e.get("value") == "12,345" for e in elements)
    links = {e.get("href") for e in elements if e.tag == "a"}
    assert {"#l0-rent", "#l0-arrears_amount", "#l0-confirmed"} <= links
    assert "Par exemple\u00a0: 512,30." in answer.text


def test_of_two_people_the_second_sees_both_values_and_may_choose(
    landlord: FlaskClient, services: FakeServices
) -> None:
    typed = {**fields(landlord.get(PAGE).text), "l0-rent": "480,00"}
    answer_with(services, "changed", [{**error(""), "example": ""}], rent="431,00")
    by = {"kind": "organisation", "account_id": COLLEAGUE}
    theirs = row(etag='"8"', cells={**row()["cells"], "rent": "431,00"}, updated_by=by)
    services.on("GET", DRAFTS, {"items": [theirs], "next_cursor": None})
    page = landlord.post(PAGE, data=typed).text
    said = next(e.words for e in parse(page) if e.get("id") == "l0-rent-autre")
    assert "431,00" in said
    assert "par Nolwenn Martin, le 2 septembre 2026 à 10\u00a0h\u00a014" in page
    assert (fields(page)["l0-rent"], fields(page)["l0-etag"]) == ("480,00", '"8"')
    before = len(services.sent("PUT", DRAFTS))
    assert landlord.post(PAGE, data=fields(page)).status_code == 303
    assert len(services.sent("PUT", DRAFTS)) == before


def test_a_row_says_whom_it_was_shown_for_and_what_was_typed_for_another_is_not_put_under_this_name(
    landlord: FlaskClient, services: FakeServices
) -> None:
    page = landlord.get(PAGE).text
    # A browser that puts old values back after a reload would put them beside other tenants.
    assert 'novalidate autocomplete="off"' in page
    typed = {**fields(page), "l0-rent": "480,00"}
    answer_with(
        services, "refused", [{**error(name), "code": "other_tenant"} for name in ("tenant_number", "dwelling")]
    )
    answer = landlord.post(PAGE, data=typed)
    [sent] = services.sent("PUT", DRAFTS)[0]["rows"]
    assert {name: sent[name] for name in ("tenant", "dwelling", "previous_rent")} == {
        name: row()[name] for name in ("tenant", "dwelling", "previous_rent")
    }
    assert (answer.status_code, fields(answer.text)["l0-rent"]) == (422, "512,30")
    assert answer.text.count("l’était pour un autre locataire") == 2
    assert page_checks(answer.text) == []


def test_a_row_that_is_no_longer_theirs_is_said_and_the_others_stay(
    landlord: FlaskClient, services: FakeServices
) -> None:
    typed = {**fields(landlord.get(PAGE).text), "l0-rent": "480,00"}
    refused = {"id": DECLARATION, "outcome": "unknown", "errors": [error("")], "row": None}
    services.on("PUT", DRAFTS, {"items": [refused]})
    services.on("GET", DRAFTS, {"items": [], "next_cursor": None})
    answer = landlord.post(PAGE, data=typed)
    assert answer.status_code == 422
    assert page_checks(answer.text) == []


def test_one_answer_fills_the_rows_that_have_none_and_nothing_is_saved(
    landlord: FlaskClient, services: FakeServices
) -> None:
    empty = {
        **row()["cells"],
        "confirmed": "",
        "present": "",
        "rent_up_to_date": "non",
        "rent": "",
        "arrears_amount": "",
    }
    services.on("GET", DRAFTS, {"items": [row(cells=empty)], "next_cursor": None})
    shown = fields(landlord.get(PAGE).text)
    # Somebody saves while the page is filled: the row keeps the ETag of what was read, so that it is noticed.
    services.on("GET", DRAFTS, {"items": [row(etag='"8"', cells=empty)], "next_cursor": None})
    asked = {"fill": "1", "all-confirmed": "oui", "all-rent_up_to_date": "oui"}
    assert shown.pop("all-present") == "oui"
    kept = {**shown, "l0-rent": "12,345", "l0-present": "", "l0-rent_up_to_date": "non", "l0-confirmed": ""}
    answer = landlord.post(PAGE, data={**kept, **asked})
    page = answer.text
    assert (answer.status_code, page_checks(page)) == (200, [])
    assert services.sent("PUT", DRAFTS) == []
    filled = fields(page)
    assert (filled["l0-rent"], filled["l0-etag"], filled["l0-base"]) == ("12,345", '"7"', shown["l0-base"])
    assert checked(page, "l0-confirmed")
    assert (chosen(page, "l0-present"), chosen(page, "l0-rent_up_to_date")) == ("", "non")


def checked(page: str, name: str) -> bool:
    return any(e.get("id") == name and "checked" in e.attributes for e in parse(page))


def chosen(page: str, name: str) -> str:
    (options,) = re.findall(f'<select[^>]*id="{name}".*?</select>', page, re.DOTALL)
    return str(re.findall('value="([^"]*)" selected', options)[0])
