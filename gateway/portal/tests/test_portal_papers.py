"""Attestations on paper as pages: found, typed on one page, compared, filed or discarded; what landlords read of it."""

import html
import json
import re
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from portal_stand_ins import DECLARATION, FakeServices, SignIn, example, problem
from test_portal_reports import hidden
from webui.testing import page_checks

API = "/api/declaration/v1"
PAPER = example("declaration", "/papers/{paper_id}", "get")
ONE = f"{API}/papers/{PAPER['id']}"
SHEET = f"/agent/papier/{PAPER['id']}"
DECISION = f"{SHEET}/decision"
FOR = f"/agent/papier/pour/{DECLARATION}"
NUMBERS = {"user_number": "359 00007090001", "tenant_number": "1234567A"}
DAY = {"received_on-jj": "1", "received_on-mm": "9", "received_on-aaaa": "2026", "no_postmark": "y"}
POSTMARK = {"posted_on-jj": "30", "posted_on-mm": "8", "posted_on-aaaa": "2026"}
POSTED = {**DAY, "no_postmark": "", **POSTMARK}
TYPED = {
    **{name: value for name, value in POSTED.items() if value},
    "information-address": "APPARTEMENT 4\n2 RUE GINA PANE\n35000 RENNES",
    "information-commune_insee": "Rennes",
    "information-furnished": "no",
    "information-single_room": "no",
    "information-lease_start-jj": "1",
    "information-lease_start-mm": "9",
    "information-lease_start-aaaa": "2016",
    "information-confirmed": "y",
    "situation-present": "yes",
    "situation-co_tenants": "1",
    "situation-rent_up_to_date": "yes",
    "rent-rent": "512,30",
    "rent-charges": "38",
    "rent-share": "whole",
    "rent-full_month": "yes",
    "rent-furnished": "no",
}
DIFFERENCE = {"field": "rent/charges", "label": "Charges de juillet", "before": "38,00 €", "after": "45,00 €"}
DAYS = ("received_on-jj", "posted_on-jj")
SECOND = {"posted_on-jj": "31"}
BESIDE: dict[str, Any] = {
    "kind": "online",
    "version": 1,
    "channel": "web",
    "at": "2026-09-01T08:15:00Z",
    "received_on": None,
    "posted_on": None,
    "differences": [DIFFERENCE],
    "replaceable": True,
}


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", caf="359")


@pytest.fixture
def complete(services: FakeServices) -> FakeServices:
    services.paper |= {"draft": services.declaration["draft"], "total": "550.30", "missing": []}
    return services


def post(browser: FlaskClient, path: str, **values: Any) -> Any:
    return browser.post(path, data={**hidden(browser.get(path).text), **values})


def test_the_pages_of_paper_are_the_agents_own_and_the_steps_are_the_landlords(
    client: FlaskClient, sign_in: SignIn, agent: FlaskClient
) -> None:
    landlord = sign_in()
    for path in ("/agent/papier", FOR, SHEET, DECISION):
        assert client.get(path).status_code == 303, path
        assert landlord.get(path).status_code == 404, path
    for step in ("informations", "situation", "loyer", "synthese", "rectification", "abandon"):
        assert agent.get(f"/declarer/{DECLARATION}/{step}").status_code == 404, step
    page = agent.get(f"/declarer/{DECLARATION}", follow_redirects=True)
    assert page.status_code == 200
    assert FOR in page.text
    assert page_checks(page.text) == []


def test_every_page_of_paper_is_well_made(agent: FlaskClient, complete: FakeServices) -> None:
    complete.paper |= {"beside": BESIDE, "warnings": [{"code": "x", "message": "Une règle.", "article": "CCH"}]}
    for path in ("/agent", "/agent/papier", FOR, SHEET, DECISION):
        page = agent.get(path)
        assert (page.status_code, page_checks(page.text)) == (200, []), path
    for kind in ("online_draft", "paper"):
        days = {"received_on": "2026-08-30", "posted_on": "2026-08-29"}
        complete.paper["beside"] = {**BESIDE, "kind": kind, **days, "differences": []}
        assert page_checks(agent.get(DECISION).text) == [], kind


def test_two_numbers_lead_to_the_sheet_and_stay_out_of_the_address(agent: FlaskClient, services: FakeServices) -> None:
    answer = post(agent, "/agent/papier", **NUMBERS, **POSTED)
    assert (answer.status_code, answer.location) == (303, SHEET)
    assert services.sent("POST", f"{API}/paper-searches") == [NUMBERS]
    days = {"received_on": "2026-09-01", "posted_on": "2026-08-30"}
    assert services.sent("POST", f"{API}/papers") == [{"declaration_id": DECLARATION, **NUMBERS, **days}]
    assert all("1234567A" not in str(call.url) for call in services.calls)


def test_what_is_not_found_or_of_several_or_refused_is_said_at_its_field(
    agent: FlaskClient, services: FakeServices
) -> None:
    page = post(agent, "/agent/papier", tenant_number="1234567A")
    assert (page.status_code, 'href="#user_number"' in page.text) == (422, True)
    (item,) = example("declaration", "/paper-searches", "post")["items"]
    services.on("POST", f"{API}/paper-searches", {"items": []})
    assert "Aucune déclaration ne porte ces deux numéros" in post(agent, "/agent/papier", **NUMBERS, **DAY).text
    other = {**item, "declaration_id": PAPER["id"], "campaign": 2025}
    services.on("POST", f"{API}/paper-searches", {"items": [item, other]})
    page = post(agent, "/agent/papier", **NUMBERS, **DAY)
    assert (page.status_code, "Campagne 2025" in page.text, page_checks(page.text)) == (422, True, [])
    chosen = post(agent, "/agent/papier", **NUMBERS, **DAY, declaration=PAPER["id"])
    assert chosen.status_code == 303
    assert services.sent("POST", f"{API}/papers")[-1]["declaration_id"] == PAPER["id"]
    error = {"pointer": "/received_on", "code": "received_in_future", "detail": "Cette date n’est pas encore passée."}
    services.on("POST", f"{API}/papers", problem(422, errors=[error]))
    page = post(agent, FOR, **NUMBERS, **DAY)
    assert (page.status_code, 'href="#received_on-jj"' in page.text, page_checks(page.text)) == (422, True, [])


def test_from_a_declaration_the_numbers_of_the_paper_are_asked_for_and_compared(
    agent: FlaskClient, services: FakeServices
) -> None:
    page = post(agent, FOR, **DAY)
    assert page.status_code == 422
    assert all(f'href="#{name}"' in page.text for name in NUMBERS)
    assert services.sent("POST", f"{API}/papers") == []
    # The page does not show what is to be read on the paper: those of the stand-in are in the examples alone.
    shown = agent.get(FOR).text.replace("\u00a0", " ")
    assert [shown.count(number) for number in NUMBERS.values()] == [1, 1]
    detail = "Ce numéro n’est pas celui de la déclaration : l’attestation est celle d’un autre."
    error = {"pointer": "/tenant_number", "code": "other_tenant", "detail": detail}
    services.on("POST", f"{API}/papers", problem(422, errors=[error]))
    page = post(agent, FOR, **NUMBERS, **DAY)
    assert (page.status_code, 'href="#tenant_number"' in page.text, page_checks(page.text)) == (422, True, [])
    assert services.sent("POST", f"{API}/papers")[0].items() >= NUMBERS.items()


def test_the_postmark_is_given_or_said_to_be_missing(agent: FlaskClient, services: FakeServices) -> None:
    for path, more in (("/agent/papier", NUMBERS), (FOR, NUMBERS), (SHEET, TYPED)):
        for days, words in (
            ({**DAY, "no_postmark": ""}, "Saisissez la date du cachet de la poste, ou cochez"),
            ({**DAY, **POSTMARK}, "Laissez cette date vide, ou décochez la case"),
            ({**DAY, **POSTMARK, "posted_on-mm": "13"}, "Saisissez une date qui existe"),
        ):
            empty = {"posted_on-jj": "", "posted_on-mm": "", "posted_on-aaaa": ""}
            sent = {name: value for name, value in {**more, **empty, **days}.items() if value}
            page = agent.post(path, data={**hidden(agent.get(path).text), **sent})
            assert (page.status_code, words in page.text, 'href="#posted_on-jj"' in page.text) == (422, True, True), (
                path
            )
            assert page_checks(page.text) == []
    assert services.sent("POST", f"{API}/papers") + services.sent("PUT", f"{ONE}/draft") == []
    assert post(agent, FOR, **NUMBERS, **DAY).status_code == 303
    assert services.sent("POST", f"{API}/papers")[0]["posted_on"] is None
    services.paper["posted_on"] = None
    box = re.search(r'<input[^>]*name="no_postmark"[^>]*>', agent.get(SHEET).text)
    assert box is not None
    assert "checked" in box[0]


def test_the_whole_sheet_is_sent_at_once_and_each_error_stands_at_its_field(
    agent: FlaskClient, services: FakeServices
) -> None:
    assert post(agent, SHEET, **TYPED).location == DECISION
    (sent,) = services.sent("PUT", f"{ONE}/draft")
    assert (sent["received_on"], sent["posted_on"]) == ("2026-09-01", "2026-08-30")
    assert sent["rent"] == {
        "rent": "512,30",
        "charges": "38",
        "share": "whole",
        "full_month": True,
        "furnished": False,
    }
    assert (sent["information"]["furnished"], sent["situation"]["present"]) == (False, True)
    call = next(call for call in services.calls if call.method == "PUT")
    assert call.headers["If-Match"] == '"3"'
    errors = [
        {"pointer": "/received_on", "code": "date", "detail": "Cette date n’est pas encore passée."},
        {"pointer": "/posted_on", "code": "posted_after_receipt", "detail": "Le cachet ne peut pas être postérieur."},
        {"pointer": "/rent/charges", "code": "amount", "detail": "Ce montant n’est pas lisible."},
        {"pointer": "/information/furnished", "code": "flag", "detail": "Répondez par oui ou par non."},
    ]
    services.on("PUT", f"{ONE}/draft", problem(422, errors=errors))
    page = post(agent, SHEET, **{**TYPED, "rent-charges": "douze"})
    assert (page.status_code, page_checks(page.text), "douze" in page.text) == (422, [], True)
    places = [page.text.index(f'href="#{name}"') for name in (*DAYS, "rent-charges", "information-furnished")]
    assert places == sorted(places)


def words(page: str) -> str:
    """What is read, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def kept(page: str) -> dict[str, str]:
    """The hidden fields of the first form of the page: what « Garder ma saisie » sends."""
    return hidden(page[page.index("<form", page.index("<h1")) : page.index("Garder ma saisie")])


def test_a_sheet_that_another_agent_saved_stands_beside_what_was_typed(
    agent: FlaskClient, complete: FakeServices
) -> None:
    complete.on("PUT", f"{ONE}/draft", problem(412, detail="Changé."))
    complete.paper["saved_by"] = {"kind": "caf", "account_id": DECLARATION}
    stale = {**hidden(agent.get(SHEET).text), **TYPED, "etag": '"2"', "rent-rent": "777", **SECOND}
    page = agent.post(SHEET, data=stale)
    assert (page.status_code, page_checks(page.text)) == (409, [])
    text = words(page.text)
    assert "enregistrée par un autre agent, le 2 septembre 2026" in text
    assert "Loyer de juillet, hors charges 777,00 € 512,30 €" in text
    assert "Date du cachet de la poste 31/08/2026 30/08/2026" in text
    # The rest is the same: `38` here, `38.00` there.
    assert page.text.count('<tr class="govuk-table__row">') == 2 + 1
    again = kept(page.text)
    assert (again["etag"], again["rent-rent"], again["posted_on-jj"]) == ('"3"', "777", "31")
    # Kept as typed; or taken up again on the sheet.
    complete.on("PUT", f"{ONE}/draft", complete.paper)
    revised = agent.post(SHEET, data={**again, "revise": "1"})
    assert (revised.status_code, 'value="777"' in revised.text, page_checks(revised.text)) == (200, True, [])
    assert hidden(revised.text)["etag"] == '"3"'
    assert agent.post(SHEET, data=again).location == DECISION
    assert complete.sent("PUT", f"{ONE}/draft")[-1]["rent"]["rent"] == "777"
    call = [call for call in complete.calls if call.method == "PUT"][-1]
    assert call.headers["If-Match"] == '"3"'
    complete.on("PUT", f"{ONE}/draft", problem(412, detail="Changé."))
    complete.paper["saved_by"]["kind"] = "you"
    assert "vous-même, dans une autre page" in agent.post(SHEET, data=stale).text


def test_what_was_typed_of_an_attestation_decided_meanwhile_is_recalled_and_not_saved(
    agent: FlaskClient, complete: FakeServices
) -> None:
    stale = {**hidden(agent.get(SHEET).text), **TYPED, "rent-rent": "777"}
    complete.paper |= {"state": "discarded", "state_label": "Écartée", "ended_at": "2026-09-02T09:00:00Z"}
    complete.paper["reason"] = "Déclaré en ligne"
    page = agent.post(SHEET, data=stale)
    assert (page.status_code, page_checks(page.text)) == (409, [])
    text = words(page.text)
    assert all(said in text for said in ("à l’état « Écartée », depuis le 2 septembre", "777,00", "Déclaré en ligne"))
    assert FOR in page.text
    assert "Garder ma saisie" not in page.text
    assert complete.sent("PUT", f"{ONE}/draft") == []


def test_an_attestation_alone_is_filed_without_a_reason(agent: FlaskClient, complete: FakeServices) -> None:
    assert "Remplacer" not in agent.get(DECISION).text
    done = post(agent, DECISION)
    assert (done.status_code, done.location) == (303, "/agent/papier")
    assert complete.sent("POST", f"{ONE}/filing") == [{"declaration_etag": '"7"', "reason": None}]
    assert "récapitulatif part au bailleur" in agent.get("/agent/papier").text


def test_the_points_are_confirmed_as_online(agent: FlaskClient, complete: FakeServices) -> None:
    complete.paper["to_confirm"] = complete.declaration["checks"]["to_confirm"]
    assert post(agent, DECISION).status_code == 422
    assert complete.sent("POST", f"{ONE}/filing") == []
    assert post(agent, DECISION, confirm_differs_from_last_year="y").status_code == 303
    assert complete.sent("PUT", f"{ONE}/draft") == [{"confirmations": {"differs_from_last_year": ""}}]


def test_an_agent_sees_both_and_replaces_with_a_reason_or_discards(agent: FlaskClient, complete: FakeServices) -> None:
    complete.paper["beside"] = BESIDE
    page = agent.get(DECISION).text
    assert all(words in page for words in ("a déjà déclaré en ligne", "38,00", "45,00", "Remplacer par cette"))
    error = {"pointer": "/reason", "code": "required", "detail": "Expliquez votre décision."}
    complete.on("POST", f"{ONE}/filing", problem(422, errors=[error]))
    refused = post(agent, DECISION)
    assert (refused.status_code, 'href="#reason"' in refused.text, page_checks(refused.text)) == (422, True, [])
    nothing = agent.post(f"{SHEET}/ecartement", data=hidden(page))
    assert (nothing.status_code, page_checks(nothing.text)) == (422, [])
    tokens = hidden(page) | {"discard-etag": '"3"', "discard-reason": "Même loyer"}
    assert agent.post(f"{SHEET}/ecartement", data=tokens).location == "/agent/papier"
    assert complete.sent("POST", f"{ONE}/discarding") == [{"reason": "Même loyer"}]
    complete.paper["beside"] = {**BESIDE, "replaceable": False}
    assert "ne peut être qu’écartée" in agent.get(DECISION).text


def test_a_landlord_who_acts_meanwhile_brings_the_agent_back_to_compare(
    agent: FlaskClient, complete: FakeServices
) -> None:
    complete.paper["to_confirm"] = complete.declaration["checks"]["to_confirm"]
    page = hidden(agent.get(DECISION).text)

    def transmitted_meanwhile(_request: httpx.Request) -> httpx.Response:
        complete.paper["beside"] = BESIDE
        return problem(412, detail="Changé.")

    complete.on("POST", f"{ONE}/filing", transmitted_meanwhile)
    complete.on("POST", f"{ONE}/discarding", problem(412, detail="Changé."))
    ticked = {"confirm_differs_from_last_year": "y", "reason": "Le papier est signé"}
    back = agent.post(DECISION, data={**page, **ticked})
    assert (back.status_code, "comparez de nouveau" in back.text, page_checks(back.text)) == (422, True, [])
    assert ("a déjà déclaré en ligne" in back.text, "Le papier est signé" in back.text) == (True, True)
    assert 'value="y" checked' not in back.text
    kept_out = agent.post(f"{SHEET}/ecartement", data={**page, "discard-reason": "Même loyer"})
    assert (kept_out.status_code, "Même loyer" in kept_out.text) == (422, True)
    complete.paper["state"] = "filed"
    for path, sent in ((DECISION, ticked), (f"{SHEET}/ecartement", {"discard-reason": "Même loyer"})):
        assert agent.post(path, data={**page, **sent}).location == f"/declarer/{DECLARATION}/confirmation", path
    assert "a déjà décidé" in agent.get(f"/declarer/{DECLARATION}/confirmation").text
    assert agent.get(DECISION).location == f"/declarer/{DECLARATION}/confirmation"
    assert agent.get(SHEET).location == f"/declarer/{DECLARATION}/confirmation"


def test_a_landlord_is_told_of_the_paper_wherever_they_would_declare_again(
    sign_in: SignIn, services: FakeServices
) -> None:
    browser = sign_in()
    days = {"received_on": "2026-09-01", "posted_on": "2026-08-30"}
    typing = {"state": "typing", **days, "version": None, "at": "2026-09-02T08:00:00Z"}
    services.declaration["paper"] = {**typing, "set_aside": []}
    for step in ("informations", "situation", "loyer", "synthese"):
        page = browser.get(f"/declarer/{DECLARATION}/{step}").text
        assert "Il est inutile de déclarer aussi en ligne" in page, step
        assert page_checks(page) == [], step
    version = {
        **{"version": 1, "reference": "R26-8K3M-W2QT-5YBN-0XCD", "transmitted_at": "2026-09-02T08:15:00Z"},
        **{"late": False, "channel": "paper", **days, "document_id": None, "superseded": False},
        **{"reason": None, "question": None, "answer": None},
    }
    services.declaration |= {
        "status": "transmitted",
        "next_step": "done",
        "actions": ["amend"],
        "transmissions": [version],
        "paper": {**typing, "state": "filed", "version": 1, "set_aside": [DIFFERENCE]},
    }
    for path in ("confirmation", "rectification"):
        page = browser.get(f"/declarer/{DECLARATION}/{path}").text
        assert "d’après l’attestation sur papier postée le 30 août 2026 et reçue le" in page, path
        assert page_checks(page) == [], path
    assert "Votre brouillon en ligne n’a pas été transmis" in browser.get(f"/declarer/{DECLARATION}/confirmation").text


def test_a_service_that_is_away_is_said_and_nothing_is_lost(agent: FlaskClient, complete: FakeServices) -> None:
    complete.on("POST", f"{ONE}/filing", lambda _request: httpx.Response(503, content=json.dumps({})))
    assert post(agent, DECISION).status_code == 503
