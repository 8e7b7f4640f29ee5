"""The Caf's side in the pages: batches, answers, and what a landlord reads of them."""

import io
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from portal_stand_ins import DECLARATION, FakeServices, SignIn, problem
from webui.testing import page_checks, parse

API = "/api/declaration/v1"
EXPORT = "01973f50-0000-7000-8000-000000000010"
ANSWERS = "01973f50-0000-7000-8000-000000000011"
ONE = f"{API}/declarations/{DECLARATION}"
QUESTION = "Le loyer comprend-il le garage ?"
TRANSMISSION: dict[str, Any] = {
    "version": 1,
    "reference": "R26-8K3M-W2QT-5YBN-0XCD",
    "transmitted_at": "2026-09-02T08:15:00Z",
    "late": False,
    "channel": "web",
    "document_id": None,
    "superseded": False,
    "reason": None,
    "question": None,
    "answer": None,
}


def said(answer: str, **more: Any) -> dict[str, Any]:
    """The Caf's answer to the transmitted version."""
    return {
        "version": 1,
        "answer": answer,
        "label": "",
        "reason_code": None,
        "text": None,
        "guidance": "Ce qu’il y a à faire.",
        "way_on": {"rejected": "correct", "information_requested": "reply"}.get(answer, "none"),
        "answered_at": "2026-09-10T08:00:00Z",
        **more,
    }


def answered(services: FakeServices, status: str, actions: list[str], answer: dict[str, Any]) -> None:
    body = {
        **services.declaration,
        "status": status,
        "status_label": "…",
        "next_step": "done",
        "actions": actions,
        "transmissions": [{**TRANSMISSION, "answer": answer}],
    }
    services.on("GET", ONE, body)


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", caf="359")


def send(browser: FlaskClient, path: str, **typed: Any) -> Any:
    page = parse(browser.get(path).text)
    kept = {e.get("name"): e.get("value") for e in page if e.get("type") == "hidden" and e.inside("main")}
    return browser.post(path, data={**kept, **typed})


@pytest.mark.parametrize(
    "path", ["/agent/exports", f"/agent/exports/{EXPORT}", f"/agent/exports/{EXPORT}.zip", "/agent/reponses"]
)
def test_a_landlord_is_shown_no_page_of_the_caf(sign_in: SignIn, services: FakeServices, path: str) -> None:
    assert sign_in().get(path).status_code in (403, 404)
    assert not [call for call in services.calls if "/exports" in call.url.path or "/answers" in call.url.path]


def test_a_batch_is_made_once_and_leads_to_its_page(agent: FlaskClient, services: FakeServices) -> None:
    made = send(agent, "/agent/exports")
    assert made.headers["Location"] == f"/agent/exports/{EXPORT}"
    call = next(call for call in services.calls if call.method == "POST")
    assert len(call.headers["Idempotency-Key"]) == 36


def test_nothing_new_is_said_on_the_page(agent: FlaskClient, services: FakeServices) -> None:
    services.on("POST", f"{API}/exports", problem(409, detail="Rien n’a été transmis depuis le dernier export."))
    refused = send(agent, "/agent/exports")
    assert refused.status_code == 422
    assert "Rien n’a été transmis" in refused.text
    assert page_checks(refused.text) == []


def test_a_supervisor_says_for_which_caf(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in(kind="agent", supervisor=True)
    assert send(browser, "/agent/exports", caf_code="359").status_code == 303
    call = next(call for call in services.calls if call.method == "POST")
    assert call.url.params["caf_code"] == "359"


def test_the_archive_is_handed_on_and_kept_nowhere(agent: FlaskClient, services: FakeServices) -> None:
    archive = httpx.Response(200, content=b"PK", headers={"Content-Type": "application/zip"})
    services.on("GET", f"{API}/exports/{EXPORT}/content", archive)
    taken = agent.get(f"/agent/exports/{EXPORT}.zip")
    assert (taken.data, taken.headers["Cache-Control"]) == (b"PK", "no-store")


def test_the_receipt_is_handed_on_and_a_wrong_one_is_told(agent: FlaskClient, services: FakeServices) -> None:
    path, typed = f"/agent/exports/{EXPORT}/reception", {"lines": "12", "manifest_sha256": "A" * 64}
    assert send(agent, path, **typed).status_code == 303
    assert services.sent("POST", f"{API}/exports/{EXPORT}/receipt") == [{"lines": 12, "manifest_sha256": "a" * 64}]
    errors = [{"pointer": "/lines", "code": "differs", "detail": "Ce n’est pas le nombre de lignes de ce lot."}]
    services.on("POST", f"{API}/exports/{EXPORT}/receipt", problem(422, errors=errors))
    refused = send(agent, path, **{**typed, "lines": "13"})
    assert (refused.status_code, "Ce n’est pas le nombre de lignes" in refused.text) == (422, True)
    assert page_checks(refused.text) == []
    assert send(agent, path, lines="beaucoup").status_code == 422


def test_a_file_of_answers_is_handed_on_and_leads_to_its_report(agent: FlaskClient, services: FakeServices) -> None:
    sent = send(agent, "/agent/reponses", file=(io.BytesIO(b"reference;answer"), "reponses.csv"))
    assert sent.headers["Location"] == f"/agent/reponses/{ANSWERS}"
    call = next(call for call in services.calls if call.method == "POST")
    assert b"reference;answer" in call.content
    page = agent.get(f"/agent/reponses/{ANSWERS}").text
    assert "Aucune version transmise à votre Caf" in page
    assert "bailleur" in page


def test_no_file_is_asked_for(agent: FlaskClient) -> None:
    refused = send(agent, "/agent/reponses")
    assert refused.status_code == 422
    assert page_checks(refused.text) == []


def test_a_question_is_read_in_the_list_and_on_the_page_and_answered(sign_in: SignIn, services: FakeServices) -> None:
    asked = said("information_requested", text=QUESTION)
    answered(services, "information_requested", ["amend"], asked)
    listed = services.answers["GET", f"{API}/declarations"](httpx.Request("GET", "http://x")).json()
    listed["items"][0] |= {"status": "information_requested", "answer": asked}
    services.on("GET", f"{API}/declarations", listed)
    browser = sign_in()
    assert QUESTION.replace(" ?", "\u00a0?") in browser.get("/declarer").text
    page = browser.get(f"/declarer/{DECLARATION}/confirmation").text
    assert "La Caf vous demande" in page
    assert "Répondre à la Caf" in page
    assert page_checks(page) == []
    path = f"/declarer/{DECLARATION}/rectification"
    form = browser.get(path).text
    assert QUESTION.replace(" ?", "\u00a0?") in form
    assert page_checks(form) == []
    assert "Écrivez votre réponse" in send(browser, path, reason=" ").text
    assert send(browser, path, reason="Non, il est à part.").status_code == 303
    assert services.sent("POST", f"{ONE}/amendments") == [{"reason": "Non, il est à part."}]


@pytest.mark.parametrize("step", ["informations", "situation", "loyer", "synthese"])
def test_while_one_answers_each_step_shows_the_question_and_the_answer(
    sign_in: SignIn, services: FakeServices, step: str
) -> None:
    browser = sign_in()
    assert "La Caf vous demande" not in browser.get(f"/declarer/{DECLARATION}/{step}").text
    services.declaration |= {"question": QUESTION, "amendment_reason": "Non, il est à part.", "next_step": "summary"}
    page = browser.get(f"/declarer/{DECLARATION}/{step}").text
    assert QUESTION.replace(" ?", "\u00a0?") in page
    assert "Non, il est à part." in page
    assert page_checks(page) == []


def test_a_rejection_says_why_and_what_to_do(sign_in: SignIn, services: FakeServices) -> None:
    label = "Le loyer n’est pas celui de juillet"
    answered(services, "rejected", ["amend"], said("rejected", label=label, text="C’est celui d’août."))
    page = sign_in().get(f"/declarer/{DECLARATION}/confirmation").text
    assert label in page
    assert "C’est celui d’août." in page
    assert "Ce qu’il y a à faire." in page
    assert "Corriger cette déclaration" in page


def test_what_is_settled_offers_no_correction(sign_in: SignIn, services: FakeServices) -> None:
    answered(services, "integrated", [], said("integrated"))
    page = sign_in().get(f"/declarer/{DECLARATION}/confirmation").text
    assert "Ce qu’il y a à faire." in page
    assert "rectification" not in page
