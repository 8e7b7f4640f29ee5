"""The history of a declaration, as landlords and agents read it."""

import html

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import COLLEAGUE, DECLARATION, FakeServices, SignIn, example, problem
from webui.testing import page_checks

AT = f"/declarer/{DECLARATION}/historique"
API = f"/api/declaration/v1/declarations/{DECLARATION}"


@pytest.mark.parametrize("kind", ["landlord", "agent"])
def test_versions_stand_with_what_each_changed_by_whom_and_why(
    sign_in: SignIn, services: FakeServices, kind: str
) -> None:
    browser = sign_in() if kind == "landlord" else sign_in(kind="agent", caf="359")
    page = browser.get(AT)
    assert (page.status_code, page_checks(page.text)) == (200, [])
    text = html.unescape(page.text)
    for words in ("Version 2", "Charges oubliées", "38,00", "45,00", "par la Caf", "1er septembre 2026", "Enregistrée"):
        assert words in text, words


def test_it_is_found_from_the_declaration_and_by_nobody_else(client: FlaskClient, services: FakeServices) -> None:
    assert client.get(AT).status_code == 303


def test_what_one_may_not_see_is_not_there(sign_in: SignIn, services: FakeServices) -> None:
    services.on("GET", f"{API}/history", problem(404))
    assert sign_in().get(AT).status_code == 404


def test_a_colleague_is_named_and_an_open_correction_and_an_empty_history_are_shown(
    sign_in: SignIn, services: FakeServices
) -> None:
    browser, found = sign_in(), example("declaration", "/declarations/{declaration_id}/history", "get")
    found["versions"][0]["by"] = {"kind": "organisation", "account_id": COLLEAGUE}
    found["correction"] = found["versions"][0]["differences"]
    services.on("GET", f"{API}/history", found)
    page = browser.get(AT)
    assert page_checks(page.text) == []
    assert "Rectification en cours" in page.text
    assert "votre organisme" not in page.text
    services.on("GET", f"{API}/history", {"versions": [], "correction": [], "papers": [], "passages": []})
    page = browser.get(AT)
    assert ("Rien n’a encore été transmis" in page.text, page_checks(page.text)) == (True, [])
