"""Reports on the list of tenants, and the correction that is dropped, as pages."""

import html
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import DECLARATION, FakeServices, SignIn, example, problem
from webui.testing import page_checks

API = "/api/declaration/v1/tenant-reports"
ONE = f"/api/declaration/v1/declarations/{DECLARATION}"
REPORT = example("declaration", "/tenant-reports/{report_id}", "get")
AT = f"/signalements/{REPORT['id']}"
GONE = f"/signalements/plus-mon-locataire/{DECLARATION}"
MISSING = {
    "user_number": "359 00007090001",
    "tenant_last_name": "Évrard",
    "tenant_first_name": "Zoé",
    "address": "3 RUE DES LILAS\n35000 RENNES",
    "commune_insee": "35238",
    "housing_type": "private",
}


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def post(browser: FlaskClient, path: str, **values: Any) -> Any:
    return browser.post(path, data={**hidden(browser.get(path).text), **values})


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in()


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", caf="359")


def test_strangers_see_nothing_and_agents_send_no_report(client: FlaskClient, agent: FlaskClient) -> None:
    for path in ("/signalements", AT, "/signalements/locataire-absent", GONE):
        assert client.get(path).status_code == 303
    assert agent.get("/signalements/locataire-absent").status_code == 404
    assert agent.get(GONE).status_code == 404


def test_a_landlord_does_not_answer_reports(browser: FlaskClient, services: FakeServices) -> None:
    page = browser.get(AT).text
    assert "Répondre" not in page
    browser.post(AT, data={**hidden(browser.get("/signalements/locataire-absent").text), "outcome": "accept"})
    assert services.sent("POST", f"{API}/{REPORT['id']}/answer") == []
    assert browser.post(f"{AT}/prise-en-charge").status_code in (400, 404)


def test_every_page_of_reports_is_well_made(browser: FlaskClient, agent: FlaskClient, services: FakeServices) -> None:
    services.on("GET", f"{API}/{REPORT['id']}", {**REPORT, "state": "received", "answer": None})
    for visitor, paths in (
        (browser, ("/signalements", AT, "/signalements/locataire-absent", GONE)),
        (agent, ("/signalements", "/signalements?etat=received", AT)),
    ):
        for path in paths:
            page = visitor.get(path)
            assert (page.status_code, page_checks(page.text)) == (200, []), path


def test_a_missing_tenant_is_told_and_the_number_is_given(browser: FlaskClient, services: FakeServices) -> None:
    sent = post(browser, "/signalements/locataire-absent", **MISSING)
    assert (sent.status_code, sent.location) == (303, AT)
    (body,) = services.sent("POST", API)
    assert body["tenant"]["address"] == ["3 RUE DES LILAS", "35000 RENNES"]
    assert REPORT["number"] in browser.get(AT).text


def test_all_that_a_report_lacks_is_told_together_and_no_type_is_chosen_for_the_landlord(
    browser: FlaskClient, services: FakeServices
) -> None:
    page = post(browser, "/signalements/locataire-absent")
    places = [
        page.text.index(f'href="#{name}') for name in ("user_number", "tenant_last_name", "address", "housing_type")
    ]
    assert (page.status_code, places, page_checks(page.text)) == (422, sorted(places), [])
    assert services.sent("POST", API) == []


def test_a_landlord_reads_what_comes_next_and_an_agent_what_an_answer_does_not_do(
    browser: FlaskClient, agent: FlaskClient, services: FakeServices
) -> None:
    for state, words in (
        ("received", "La Caf vous répond par courriel"),
        ("accepted", "votre liste change ensuite"),
        ("refused", "Si vous n’êtes pas d’accord"),
    ):
        services.on("GET", f"{API}/{REPORT['id']}", {**REPORT, "state": state})
        page = browser.get(AT).text
        assert (words in page, 'href="/declarer"' in page, page_checks(page)) == (True, True, []), state
    for kind, words in (("missing_tenant", "ajoutez-y le bail"), ("no_longer_mine", "corrigez-y le bail")):
        services.on("GET", f"{API}/{REPORT['id']}", {**REPORT, "state": "received", "kind": kind})
        page = agent.get(AT).text
        assert (words in page, "Et maintenant" in page, page_checks(page)) == (True, False, []), kind


def test_what_the_service_refuses_stands_at_its_field(browser: FlaskClient, services: FakeServices) -> None:
    error = {"pointer": "/tenant/address", "code": "required", "detail": "Indiquez l’adresse du logement."}
    services.on("POST", API, problem(422, errors=[error]))
    page = post(browser, "/signalements/locataire-absent", **MISSING)
    assert page.status_code == 422
    assert 'href="#address"' in page.text
    assert "Évrard" in page.text


def test_where_a_report_stands_is_read_on_the_declaration_too(browser: FlaskClient, services: FakeServices) -> None:
    services.on("GET", API, {"items": [{**REPORT, "state": "refused", "state_label": "Refusé"}], "total": 1})
    for page in ("informations", "confirmation"):
        if page == "confirmation":
            services.declaration |= {"next_step": "done", "actions": [], "status": "not_concerned"}
        answer = browser.get(f"/declarer/{DECLARATION}/{page}")
        assert (answer.status_code, page_checks(answer.text)) == (200, []), page
        assert AT in answer.text
        assert "Refusé" in answer.text
    asked = [call.url.params["declaration"] for call in services.calls if call.url.path == API]
    assert asked == [DECLARATION] * 2


def test_an_agent_takes_and_answers(agent: FlaskClient, services: FakeServices) -> None:
    services.on("GET", f"{API}/{REPORT['id']}", {**REPORT, "state": "received", "answer": None})
    services.on("POST", f"{API}/{REPORT['id']}/handling", REPORT)
    services.on("POST", f"{API}/{REPORT['id']}/answer", REPORT)
    assert post(agent, AT, outcome="").status_code == 422
    token = hidden(agent.get(AT).text)
    assert agent.post(f"{AT}/prise-en-charge", data=token).status_code == 303
    assert post(agent, AT, outcome="refuse", answer="Pas allocataire").status_code == 303
    assert services.sent("POST", f"{API}/{REPORT['id']}/answer") == [{"outcome": "refuse", "answer": "Pas allocataire"}]


def test_an_open_correction_is_dropped_after_a_question_and_not_over_a_newer_save(
    browser: FlaskClient, services: FakeServices
) -> None:
    path = f"/declarer/{DECLARATION}/abandon"
    assert browser.get(path).status_code == 303
    version = {
        "version": 1,
        "reference": "R26-8K3M-W2QT-5YBN-0XCD",
        "transmitted_at": "2026-09-02T08:15:00Z",
        "late": False,
        "channel": "web",
        "document_id": None,
        "superseded": False,
    }
    services.declaration |= {"actions": ["save", "abandon"], "transmissions": [version], "amendment_reason": "Erreur"}
    page = browser.get(path)
    assert (page.status_code, page_checks(page.text)) == (200, [])
    assert path in browser.get(f"/declarer/{DECLARATION}/informations").text
    services.on("POST", f"{ONE}/abandonment", problem(412, detail="Quelqu’un d’autre a modifié ces informations."))
    assert post(browser, path).status_code == 422
    services.on("POST", f"{ONE}/abandonment", services.declaration)
    done = post(browser, path)
    assert (done.status_code, done.location) == (303, f"/declarer/{DECLARATION}/confirmation")
    call = next(call for call in reversed(services.calls) if call.url.path.endswith("abandonment"))
    assert call.headers["If-Match"] == '"7"'
    assert json.loads(call.content or b"null") is None
