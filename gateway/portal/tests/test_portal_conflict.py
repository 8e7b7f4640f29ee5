"""Two people at one draft, as a page: both versions side by side, by whom and when, nothing lost, and a choice."""

import html
import re
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from portal_stand_ins import ACCOUNT, COLLEAGUE, DECLARATION, ORGANISATION, FakeServices, SignIn, problem
from webui.testing import page_checks

API = f"/api/declaration/v1/declarations/{DECLARATION}"
AT = f"/declarer/{DECLARATION}"
USERS = f"/api/habilitation/v1/organisations/{ORGANISATION}/users"
STALE = {"etag": '"6"'}
RENT = {"rent": "777,77", "charges": "38", "share": "whole", "full_month": "yes", "furnished": "no"}
INFORMATION = {
    "address": "5 RUE DES LICES\n35000 RENNES",
    "commune_insee": "35238",
    "furnished": "no",
    "single_room": "no",
    "confirmed": "y",
    **{"lease_start-jj": "1", "lease_start-mm": "9", "lease_start-aaaa": "2016"},
}


@pytest.fixture
def browser(sign_in: SignIn, services: FakeServices) -> FlaskClient:
    """Somebody whose colleague has saved since the page was made."""
    services.on("PUT", f"{API}/draft", problem(412, detail="Changé."))
    services.declaration["updated_by"] = {"kind": "organisation", "account_id": COLLEAGUE}
    return sign_in()


def token(browser: FlaskClient) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]*)"', browser.get("/signalements/locataire-absent").text)
    assert found
    return {"csrf_token": found[1]}


def send(browser: FlaskClient, step: str, **values: str) -> Any:
    return browser.post(f"{AT}/{step}", data={**token(browser), **STALE, **values})


def kept(page: str) -> dict[str, str]:
    """What the first form of the page sends again."""
    form = page.split('<form action="/declarer', 1)[1].split("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in fields}


def test_both_versions_stand_side_by_side_with_who_and_when(browser: FlaskClient) -> None:
    page = send(browser, "loyer", **RENT)
    assert (page.status_code, page_checks(page.text)) == (409, [])
    text = html.unescape(page.text)
    assert "777,77" in text
    assert "512,30" in text
    assert "Charges de juillet" not in text
    assert re.search(r"enregistrée par [^,]*(?<!organisme), le 2 septembre 2026", text)


def test_mine_is_kept_whole_by_sending_it_again(browser: FlaskClient, services: FakeServices) -> None:
    page = send(browser, "informations", **INFORMATION)
    again = kept(page.text)
    assert again["etag"] == '"7"'
    assert again["address"] == INFORMATION["address"]
    services.on("PUT", f"{API}/draft", services.declaration)
    assert browser.post(f"{AT}/informations", data=again).status_code == 303
    sent = services.sent("PUT", f"{API}/draft")[-1]["information"]
    assert sent["address"] == ["5 RUE DES LICES", "35000 RENNES"]
    call = [call for call in services.calls if call.method == "PUT"][-1]
    assert call.headers["If-Match"] == '"7"'


def test_mine_can_be_taken_up_again_without_saving(browser: FlaskClient, services: FakeServices) -> None:
    again = kept(send(browser, "loyer", **RENT).text)
    before = len(services.sent("PUT", f"{API}/draft"))
    page = browser.post(f"{AT}/loyer", data={**again, "revise": "1"})
    assert (page.status_code, 'value="777,77"' in page.text, page_checks(page.text)) == (200, True, [])
    assert len(services.sent("PUT", f"{API}/draft")) == before


def test_the_same_amount_written_otherwise_is_no_difference(browser: FlaskClient) -> None:
    page = send(browser, "loyer", **{**RENT, "rent": "512.30", "charges": "38,00"})
    assert "dit la même chose" in page.text


def test_a_colleague_whom_one_may_not_know_is_not_named(browser: FlaskClient, services: FakeServices) -> None:
    services.on("GET", USERS, problem(403))
    assert "une autre personne de votre organisme" in send(browser, "loyer", **RENT).text
    services.on("GET", USERS, httpx.Response(503))
    assert "une autre personne de votre organisme" in send(browser, "loyer", **RENT).text
    services.declaration["updated_by"] = {"kind": "you", "account_id": ACCOUNT}
    assert "enregistrée par vous-même" in send(browser, "loyer", **RENT).text


def test_what_was_typed_is_recalled_when_a_colleague_has_transmitted(
    browser: FlaskClient, services: FakeServices
) -> None:
    services.declaration |= {"status": "transmitted", "status_label": "Transmise", "actions": ["amend"]}
    page = send(browser, "loyer", **RENT)
    assert (page.status_code, page_checks(page.text)) == (409, [])
    assert "777,77" in page.text
    assert f"{AT}/rectification" in page.text
    assert "Garder ma saisie" not in page.text
    assert services.sent("PUT", f"{API}/draft") == []


def test_a_campaign_that_closes_meanwhile_says_so(browser: FlaskClient, services: FakeServices) -> None:
    services.on("PUT", f"{API}/draft", problem(409, detail="La campagne n’est pas ouverte."))
    calls = iter([services.declaration, {**services.declaration, "actions": []}])
    services.on("GET", API, lambda _: httpx.Response(200, json=next(calls), headers={"ETag": '"7"'}))
    page = send(browser, "loyer", **RENT)
    assert (page.status_code, "La campagne n’est pas ouverte" in page.text) == (409, True)


def test_a_summary_changed_by_a_colleague_is_read_again_before_transmitting(
    browser: FlaskClient, services: FakeServices
) -> None:
    ticked = {"confirm_differs_from_last_year": "y", "reason_differs_from_last_year": "Travaux"}
    page = send(browser, "synthese", key="k", **ticked)
    assert (page.status_code, page_checks(page.text)) == (422, [])
    assert "a été modifiée entre-temps par" in page.text
    assert "Travaux" in page.text
    assert services.sent("POST", f"{API}/transmission") == []
