import json
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from portal_stand_ins import DECLARATION, DOCUMENT, REFERENCE, FakeServices, SignIn, pdf, problem
from webui.testing import page_checks, parse

AT = f"/declarer/{DECLARATION}"
API = f"/api/declaration/v1/declarations/{DECLARATION}"
RENT = {"rent": "1 234,50", "charges": "0", "share": "whole", "full_month": "yes", "furnished": "no"}
TRANSMISSION = {
    "version": 1,
    "reference": REFERENCE,
    "transmitted_at": "2026-09-02T08:15:00Z",
    "late": False,
    "channel": "web",
    "document_id": None,
    "superseded": False,
    "reason": None,
    "question": None,
    "answer": None,
}
TICKED = {"confirm_differs_from_last_year": "y", "reason_differs_from_last_year": "Travaux"}


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    found = [e for e in parse(page) if e.tag == "input" and e.get("type") == "hidden" and e.inside("main")]
    return {element.get("name"): element.get("value") for element in found}


def send(browser: FlaskClient, path: str, **typed: str) -> Any:
    return browser.post(path, data={**hidden(browser.get(path).text), **typed})


def finish(services: FakeServices) -> None:
    services.declaration |= {
        "status": "transmitted",
        "status_label": "Transmise",
        "next_step": "done",
        "actions": ["amend"],
        "transmissions": [dict(TRANSMISSION)],
    }


def test_a_line_of_the_list_leads_to_the_first_step_not_done(browser: FlaskClient, services: FakeServices) -> None:
    for step, place in (("information", "informations"), ("rent", "loyer"), ("summary", "synthese")):
        services.declaration["next_step"] = step
        assert browser.get(AT).headers["Location"] == f"{AT}/{place}"


def test_the_list_passes_filters_on_and_drops_those_without_sense(browser: FlaskClient, services: FakeServices) -> None:
    browser.get("/declarer?q=martin&status=draft&zone=2a&housing_type=castle&campaign=x&cursor=abc")
    asked = next(call for call in services.calls if call.url.path.endswith("/declarations"))
    assert dict(asked.url.params) == {"q": "martin", "status": "draft", "zone": "2a", "cursor": "abc", "limit": "50"}


def test_an_empty_list_says_so(browser: FlaskClient, services: FakeServices) -> None:
    empty = {"items": [], "total": 0, "counts": {}, "next_cursor": None}
    services.on("GET", "/api/declaration/v1/declarations", empty)
    assert "Aucune déclaration ne vous est demandée" in browser.get("/declarer").text
    assert "Aucune déclaration ne correspond" in browser.get("/declarer?q=x").text


def test_what_the_caf_knows_is_shown_before_anything_is_typed(browser: FlaskClient, services: FakeServices) -> None:
    services.declaration["draft"] = {"information": None, "situation": None, "rent": None, "confirmations": {}}
    page = browser.get(f"{AT}/informations").text
    ticked = [e.get("name") for e in parse(page) if "checked" in e.attributes]
    assert "2 RUE GINA PANE" in page
    assert "confirmed" not in ticked
    assert "412,50" in browser.get(f"{AT}/loyer").text


def test_information_is_saved_with_the_version_that_was_read(browser: FlaskClient, services: FakeServices) -> None:
    answer = send(
        browser,
        f"{AT}/informations",
        address="2 RUE GINA PANE\r\n\r\n35000 RENNES",
        commune_insee="35238",
        furnished="no",
        single_room="no",
        confirmed="y",
        **{"lease_start-jj": "1", "lease_start-mm": "9", "lease_start-aaaa": "2016"},
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{AT}/situation"
    assert services.sent("PUT", f"{API}/draft") == [
        {
            "information": {
                "address": ["2 RUE GINA PANE", "35000 RENNES"],
                "commune_insee": "35238",
                "furnished": False,
                "single_room": False,
                "lease_start": "2016-09-01",
                "confirmed": True,
            }
        }
    ]
    assert services.calls[-1].headers["If-Match"] == '"7"'


def test_answers_not_given_are_sent_as_such_and_the_service_judges(
    browser: FlaskClient, services: FakeServices
) -> None:
    refusal = {"pointer": "/situation/present", "code": "required", "detail": "Indiquez s’il est là."}
    services.on("PUT", f"{API}/draft", problem(422, errors=[refusal]))
    answer = browser.post(
        f"{AT}/situation", data={"csrf_token": hidden(browser.get(f"{AT}/situation").text)["csrf_token"]}
    )
    assert answer.status_code == 422
    assert services.sent("PUT", f"{API}/draft")[0]["situation"]["present"] is None
    assert page_checks(answer.text) == []
    assert any(e.get("href") == "#present" and e.words == "Indiquez s’il est là." for e in parse(answer.text))


def test_a_refused_amount_is_said_at_its_field_and_everything_typed_is_kept(
    browser: FlaskClient, services: FakeServices
) -> None:
    refusal = {"pointer": "/rent/rent", "code": "amount", "detail": "Ce montant n’est pas lisible."}
    services.on("PUT", f"{API}/draft", problem(422, errors=[refusal]))
    answer = send(browser, f"{AT}/loyer", **{**RENT, "rent": "1.234,50"})
    elements = parse(answer.text)
    values = {e.get("name"): e.get("value") for e in elements if e.tag == "input" and e.get("type") == "text"}
    assert answer.status_code == 422
    assert page_checks(answer.text) == []
    assert values == {"rent": "1.234,50", "charges": "0"}
    assert any(e.get("href") == "#rent" for e in elements)


def test_amounts_are_passed_on_as_typed(browser: FlaskClient, services: FakeServices) -> None:
    assert send(browser, f"{AT}/loyer", **RENT).headers["Location"] == f"{AT}/synthese"
    sent = services.sent("PUT", f"{API}/draft")[0]["rent"]
    assert sent == {"rent": "1 234,50", "charges": "0", "share": "whole", "full_month": True, "furnished": False}


def test_a_date_that_does_not_exist_is_not_sent(browser: FlaskClient, services: FakeServices) -> None:
    parts = {"left_on-jj": "31", "left_on-mm": "2", "left_on-aaaa": "2026"}
    answer = send(browser, f"{AT}/situation", present="no", co_tenants="1", rent_up_to_date="yes", **parts)
    assert answer.status_code == 422
    assert any(e.get("href") == "#left_on-jj" for e in parse(answer.text))
    assert services.sent("PUT", f"{API}/draft") == []


def test_nothing_is_transmitted_while_a_point_is_not_confirmed(browser: FlaskClient, services: FakeServices) -> None:
    answer = send(browser, f"{AT}/synthese")
    assert answer.status_code == 422
    assert page_checks(answer.text) == []
    [link] = [e for e in parse(answer.text) if e.get("href") == "#confirm_differs_from_last_year"]
    # In the words of the service.
    assert link.words.startswith("Cochez la case pour confirmer l’écart avec l’an dernier")
    assert services.sent("POST", f"{API}/transmission") == []


def test_validating_confirms_with_the_reason_then_transmits_once(browser: FlaskClient, services: FakeServices) -> None:
    saved = httpx.Response(200, json=services.declaration, headers={"ETag": '"8"'})
    services.on("PUT", f"{API}/draft", saved)
    answer = send(browser, f"{AT}/synthese", **TICKED)
    sent = next(call for call in services.calls if call.url.path.endswith("/transmission"))
    assert answer.headers["Location"] == f"{AT}/confirmation"
    assert services.sent("PUT", f"{API}/draft") == [{"confirmations": {"differs_from_last_year": "Travaux"}}]
    assert sent.headers["If-Match"] == '"8"'
    assert len(sent.headers["Idempotency-Key"]) == 36


def test_a_refused_transmission_says_why_on_the_summary(browser: FlaskClient, services: FakeServices) -> None:
    services.on("POST", f"{API}/transmission", problem(409, detail="La campagne n’est plus ouverte."))
    answer = send(browser, f"{AT}/synthese", **TICKED)
    assert answer.status_code == 422
    assert "La campagne n’est plus ouverte." in answer.text
    assert page_checks(answer.text) == []


def test_the_summary_waits_for_the_steps_before_it(browser: FlaskClient, services: FakeServices) -> None:
    services.declaration["next_step"] = "rent"
    assert browser.get(f"{AT}/synthese").headers["Location"] == f"{AT}/loyer"


def test_every_part_of_the_summary_can_be_modified(browser: FlaskClient) -> None:
    page = browser.get(f"{AT}/synthese").text
    links = {e.get("href") for e in parse(page) if e.tag == "a" and e.words.startswith("Modifier")}
    assert links == {f"{AT}/informations", f"{AT}/situation", f"{AT}/loyer"}
    assert "550,30\u00a0€" in page


def test_a_transmitted_declaration_is_no_longer_a_form(browser: FlaskClient, services: FakeServices) -> None:
    finish(services)
    for step in ("informations", "situation", "loyer", "synthese"):
        assert browser.get(f"{AT}/{step}").headers["Location"] == f"{AT}/confirmation"


def test_the_receipt_is_announced_while_it_is_made_then_linked(browser: FlaskClient, services: FakeServices) -> None:
    finish(services)
    waiting = browser.get(f"{AT}/confirmation")
    services.on("GET", "/api/documents/v1/documents", {"items": [{"id": DOCUMENT, "version": 1}], "delayed": False})
    ready = browser.get(f"{AT}/confirmation")
    assert "en cours de préparation" in waiting.text
    assert REFERENCE in ready.text
    assert f"{AT}/recapitulatif.pdf?version=1" in ready.text
    assert page_checks(waiting.text) == []
    assert page_checks(ready.text) == []


def test_a_receipt_that_cannot_be_made_yet_is_said_to_come_later(browser: FlaskClient, services: FakeServices) -> None:
    finish(services)
    services.on("GET", "/api/documents/v1/documents", {"items": [], "delayed": True})
    page = browser.get(f"{AT}/confirmation").text
    assert "ne peuvent pas être préparés pour l’instant" in page
    assert "dans quelques instants" not in page
    assert page_checks(page) == []


def test_the_receipt_is_handed_on_and_never_kept(browser: FlaskClient, services: FakeServices) -> None:
    services.on("GET", "/api/documents/v1/documents", {"items": [{"id": DOCUMENT, "version": 1}], "delayed": False})
    services.on("GET", f"/api/documents/v1/documents/{DOCUMENT}/content", pdf())
    answer = browser.get(f"{AT}/recapitulatif.pdf")
    assert answer.data == b"%PDF-1.7"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(f"{AT}/recapitulatif.pdf?version=2").status_code == 404


def test_a_correction_wants_a_reason_and_starts_again(browser: FlaskClient, services: FakeServices) -> None:
    finish(services)
    refused = send(browser, f"{AT}/rectification", reason=" ")
    assert refused.status_code == 422
    assert page_checks(refused.text) == []
    services.on("POST", f"{API}/amendments", {**services.declaration, "next_step": "information"})
    answer = send(browser, f"{AT}/rectification", reason="Erreur sur les charges")
    assert answer.headers["Location"] == f"{AT}/informations"
    assert services.sent("POST", f"{API}/amendments") == [{"reason": "Erreur sur les charges"}]


def test_a_declaration_outside_the_perimeter_is_a_page_not_found(browser: FlaskClient, services: FakeServices) -> None:
    services.on("GET", API, problem(404))
    for step in ("", "/informations", "/synthese", "/confirmation", "/rectification"):
        assert browser.get(f"{AT}{step}").status_code == 404


def test_nothing_to_declare_is_said_with_the_reason(browser: FlaskClient, services: FakeServices) -> None:
    services.declaration |= {
        "status": "not_concerned",
        "status_label": "Sans objet",
        "next_step": "done",
        "actions": [],
        "exemption": "Entrée après le 31 juillet.",
    }
    page = browser.get(f"{AT}/confirmation").text
    assert "Entrée après le 31 juillet." in page
    assert "stepper" not in page
    assert page_checks(page) == []


def test_a_departure_is_sent_with_its_date_and_address(browser: FlaskClient, services: FakeServices) -> None:
    parts = {"left_on-jj": "15", "left_on-mm": "7", "left_on-aaaa": "2026"}
    typed = {
        "present": "no",
        "co_tenants": "2",
        "rent_up_to_date": "yes",
        "new_address": "3 RUE DES LILAS\n35000 RENNES",
    }
    assert send(browser, f"{AT}/situation", **typed, **parts).status_code == 303
    sent = json.loads(services.calls[-1].content)["situation"]
    assert sent["left_on"] == "2026-07-15"
    assert sent["new_address"] == ["3 RUE DES LILAS", "35000 RENNES"]
    assert (sent["present"], sent["co_tenants"]) == (False, 2)
