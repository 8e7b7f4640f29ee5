"""A landlord's company or person changed by an agent, its Caf by a supervisor: shown before, asked, and sent."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import DOCUMENT, FakeServices, SignIn, problem
from webui.testing import page_checks, parse

HERE = f"/agent/bailleurs/{DOCUMENT}"
API = f"/api/declaration/v1/landlords/{DOCUMENT}"
WHY = "SIRET saisi par erreur dans le registre."
ASKED = {
    "entreprise": {"siret": "44306184100047", "name": "SCI AUTRE"},
    "personne": {"civility": "Mme", "last_name": "MARTIN", "first_name": ""},
    "caf": {"caf_code": "569"},
}
PATHS = {"entreprise": "company", "personne": "natural-person", "caf": "caf"}


def send(browser: FlaskClient, path: str, **typed: str) -> Any:
    page = parse(browser.get(path).text)
    kept = {e.get("name"): e.get("value") for e in page if e.get("type") == "hidden" and e.inside("main")}
    return browser.post(path, data={**kept, **typed})


@pytest.mark.parametrize("move", list(ASKED))
def test_all_that_follows_is_shown_then_the_act_is_sent_once_with_its_reason(
    sign_in: SignIn, services: FakeServices, move: str
) -> None:
    browser = sign_in(kind="agent", caf="359", supervisor=True)
    page = browser.get(f"{HERE}/{move}").text
    assert page_checks(page) == []
    assert all(word in page for word in ("Logements", "Brouillons en cours", "Déclarations transmises", "60", "12"))
    assert f"{HERE}/{move}" in browser.get(HERE).text
    sent = send(browser, f"{HERE}/{move}", reason=WHY, **ASKED[move])
    assert (sent.status_code, sent.location) == (303, HERE)
    assert services.sent("POST", f"{API}/{PATHS[move]}") == [{**ASKED[move], "reason": WHY, "version": 1}]
    assert services.calls[-1].headers["Idempotency-Key"]


def test_an_agent_who_is_no_supervisor_moves_no_landlord_to_another_caf(sign_in: SignIn) -> None:
    browser = sign_in(kind="agent", caf="359")
    assert browser.get(f"{HERE}/caf").status_code == 404
    assert f"{HERE}/caf" not in browser.get(HERE).text
    assert sign_in().get(f"{HERE}/entreprise").status_code in (303, 403, 404)


def test_what_the_service_refuses_stands_beside_its_field(sign_in: SignIn, services: FakeServices) -> None:
    error: dict[str, Any] = {"pointer": "/siret", "code": "siret", "detail": "La clé de contrôle du SIRET est fausse."}
    services.on("POST", f"{API}/company", problem(422, errors=[error]))
    browser = sign_in(kind="agent", caf="359")
    answer = send(browser, f"{HERE}/entreprise", reason=WHY, **ASKED["entreprise"])
    assert answer.status_code == 422
    assert "La clé de contrôle du SIRET est fausse." in answer.text
    assert WHY in answer.text
