import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import (
    ACCOUNT,
    COLLEAGUE,
    DOCUMENT,
    GROUP,
    ORGANISATION,
    FakeServices,
    SignIn,
    problem,
)
from webui.testing import page_checks, parse

IMPORT = "01973f50-0000-7000-8000-00000000000f"
USERS = f"/api/habilitation/v1/organisations/{ORGANISATION}/users"
GROUPS = f"/api/habilitation/v1/organisations/{ORGANISATION}/groups"
USER = {"civility": "Mme", "last_name": "Martin", "first_name": "Anne", "email": "a@lices.example", "groups": GROUP}


@pytest.fixture
def landlord(sign_in: SignIn) -> FlaskClient:
    return sign_in()


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", caf="359")


def send(browser: FlaskClient, path: str, **typed: Any) -> Any:
    page = parse(browser.get(path).text)
    kept = {e.get("name"): e.get("value") for e in page if e.get("type") == "hidden" and e.inside("main")}
    return browser.post(path, data={**kept, **typed})


def test_a_user_is_created_with_the_groups_ticked(landlord: FlaskClient, services: FakeServices) -> None:
    answer = send(landlord, "/habilitations/utilisateurs/nouveau", **USER)
    call = next(call for call in services.calls if call.method == "POST")
    assert answer.status_code == 303
    assert services.sent("POST", USERS) == [{**USER, "function": None, "groups": [GROUP]}]
    assert len(call.headers["Idempotency-Key"]) == 36
    assert "Il reçoit son identifiant" in landlord.get("/habilitations").text


def test_a_refused_user_keeps_what_was_typed(landlord: FlaskClient, services: FakeServices) -> None:
    refusal = {"pointer": "/email", "detail": "« email » n’a pas le format attendu.", "example": "n@lices.example"}
    services.on("POST", USERS, problem(400, errors=[refusal]))
    answer = send(landlord, "/habilitations/utilisateurs/nouveau", **USER)
    elements = parse(answer.text)
    assert answer.status_code == 422
    assert page_checks(answer.text) == []
    assert any(e.get("name") == "last_name" and e.get("value") == "Martin" for e in elements)
    said = "«\u00a0Adresse électronique\u00a0» n’a pas le format attendu, par exemple n@lices.example"
    assert any(e.get("href") == "#email" and e.words == said for e in elements)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/habilitations/utilisateurs/nouveau", {"#civility", "#last_name", "#email", "#groups"}),
        ("/habilitations/groupes/nouveau", {"#label", "#housing_types", "#communes"}),
    ],
)
def test_an_empty_form_says_each_thing_it_wants_and_sends_nothing(
    landlord: FlaskClient, services: FakeServices, path: str, wanted: set[str]
) -> None:
    answer = send(landlord, path)
    found = {e.get("href") for e in parse(answer.text) if e.tag == "a"}
    assert answer.status_code == 422
    assert wanted <= found
    assert page_checks(answer.text) == []
    assert not [call for call in services.calls if call.method == "POST"]


def test_an_administrator_is_shown_with_every_group(landlord: FlaskClient) -> None:
    row = next(e.words for e in parse(landlord.get("/habilitations").text) if e.tag == "tr" and "Le Goff" in e.words)
    assert row.endswith("Tous")


@pytest.mark.parametrize("act", ["identifiants", "retrait"])
def test_nothing_is_offered_nor_done_to_the_administrator_or_a_stranger(
    landlord: FlaskClient, services: FakeServices, act: str
) -> None:
    for account in (ACCOUNT, "01973f50-0000-7000-8000-000000000009"):
        path = f"/habilitations/utilisateurs/{account}/{act}"
        assert path not in landlord.get("/habilitations").text
        assert landlord.get(path).status_code == 404
        assert landlord.post(path).status_code in (400, 404)
    assert not [call for call in services.calls if call.method == "POST"]


def test_credentials_are_sent_again_after_a_confirmation(landlord: FlaskClient, services: FakeServices) -> None:
    path = f"/habilitations/utilisateurs/{COLLEAGUE}/identifiants"
    assert path in landlord.get("/habilitations").text
    assert send(landlord, path).status_code == 303
    [call] = [call for call in services.calls if call.method == "POST"]
    assert call.url.path == f"{USERS}/{COLLEAGUE}/credentials"
    assert len(call.headers["Idempotency-Key"]) == 36


def test_a_user_is_withdrawn_with_the_reason_given(landlord: FlaskClient, services: FakeServices) -> None:
    path = f"/habilitations/utilisateurs/{COLLEAGUE}/retrait"
    too_long = send(landlord, path, reason="x" * 301)
    assert too_long.status_code == 422
    assert page_checks(too_long.text) == []
    assert send(landlord, path, reason=" A quitté l’organisme ").status_code == 303
    assert services.sent("POST", f"{USERS}/{COLLEAGUE}/withdrawal") == [{"reason": "A quitté l’organisme"}]


def test_the_journal_names_people(landlord: FlaskClient) -> None:
    page = landlord.get("/habilitations/journal").text
    assert "Nolwenn Le Goff" in page
    assert "Utilisateur créé" in page


def test_a_group_covers_each_type_in_each_zone(landlord: FlaskClient, services: FakeServices) -> None:
    typed = {"label": "Ouest", "housing_types": ["private", "conventioned"], "zones": ["2A"], "communes": "Rennes"}
    assert send(landlord, "/habilitations/groupes/nouveau", **typed).status_code == 303
    scopes = services.sent("POST", GROUPS)[0]["scopes"]
    assert {(scope["housing_type"], scope["zone"]) for scope in scopes} == {
        ("private", "35238"),
        ("conventioned", "35238"),
        ("private", "2A"),
        ("conventioned", "2A"),
    }


def test_a_commune_is_of_the_official_list(landlord: FlaskClient, services: FakeServices) -> None:
    typed = {"label": "Ouest", "housing_types": ["private"], "communes": "Saint-Denis\nRennnes"}
    answer = send(landlord, "/habilitations/groupes/nouveau", **typed)
    assert answer.status_code == 422
    assert page_checks(answer.text) == []
    for words in ("Plusieurs communes s’appellent", "«\u00a0Rennnes\u00a0» n’est pas une commune"):
        assert words in answer.text
    assert services.sent("POST", GROUPS) == []


def test_a_natural_person_is_offered_neither_users_nor_groups(landlord: FlaskClient, services: FakeServices) -> None:
    access = {"role": "administrator", "organisation_name": "DURAND ANNE", "organisation_kind": "natural_person"}
    services.on("GET", "/api/habilitation/v1/me/access", access)
    for kind in ("users", "groups", "zones", "journal"):
        services.on("GET", f"/api/habilitation/v1/organisations/{ORGANISATION}/{kind}", problem(404))
    for path in ("/", "/declarer"):
        page = landlord.get(path)
        assert page.status_code == 200
        assert "/habilitations" not in page.text
    for path in ("", "/utilisateurs/nouveau", "/groupes/nouveau", "/journal", f"/utilisateurs/{GROUP}/retrait"):
        assert landlord.get(f"/habilitations{path}").status_code == 404, path


def test_a_registry_file_is_handed_on_and_leads_to_its_report(agent: FlaskClient, services: FakeServices) -> None:
    answer = send(agent, "/agent/registre", file=(io.BytesIO(b"siret;nom"), "registre.csv"))
    sent = next(call for call in services.calls if call.method == "POST")
    assert answer.headers["Location"] == f"/agent/registre/{IMPORT}"
    assert b"siret;nom" in sent.content
    assert b'filename="registre.csv"' in sent.content


def test_sending_no_file_says_which_one_is_wanted(agent: FlaskClient, services: FakeServices) -> None:
    answer = send(agent, "/agent/registre")
    assert answer.status_code == 422
    assert page_checks(answer.text) == []
    assert not [call for call in services.calls if call.method == "POST"]


def test_an_import_under_way_refreshes_by_a_link_too(agent: FlaskClient) -> None:
    page = agent.get(f"/agent/registre/{IMPORT}").text
    assert "Actualiser l’avancement" in page
    assert "12\u00a0000 sur 30\u00a0000" in page
    assert "La clé de contrôle du SIRET est fausse." in page


def test_a_campaign_is_prepared_with_its_contact(agent: FlaskClient, services: FakeServices) -> None:
    parts = {"deadline-jj": "15", "deadline-mm": "11", "deadline-aaaa": "2026"}
    parts |= {"cut_off-jj": "15", "cut_off-mm": "1", "cut_off-aaaa": "2027"}
    typed = {"year": "2026", "contact_name": "Caf 35", "contact_address": "COURS DES ALLIES\n35000 RENNES"}
    assert send(agent, "/agent/campagnes/nouvelle", **typed, **parts).status_code == 303
    assert services.sent("POST", "/api/declaration/v1/campaigns") == [
        {
            "year": 2026,
            "deadline": "2026-11-15",
            "cut_off": "2027-01-15",
            "contact": {
                "name": "Caf 35",
                "telephone": "",
                "address": ["COURS DES ALLIES", "35000 RENNES"],
                "reference": "",
            },
        }
    ]


def test_opening_asks_first_then_says_what_it_made(agent: FlaskClient, services: FakeServices) -> None:
    answer = send(agent, "/agent/campagnes/2026/ouverture")
    assert answer.headers["Location"] == "/agent/campagnes/2026"
    page = agent.get("/agent/campagnes/2026").text
    assert "30\u00a0000\u00a0déclarations créées, 13\u00a0000\u00a0bailleurs sollicités" in page
    assert services.sent("POST", "/api/declaration/v1/campaigns/2026/opening") == [None]


def test_an_agent_never_chooses_another_caf(agent: FlaskClient, services: FakeServices) -> None:
    agent.get("/agent/campagnes/2026?caf=751")
    asked = next(call for call in services.calls if call.url.path.endswith("/progress"))
    assert "caf_code" not in asked.url.params


def test_a_supervisor_chooses_the_caf(sign_in: SignIn, services: FakeServices) -> None:
    sign_in(kind="agent", supervisor=True).get("/agent/campagnes/2026?caf=751")
    asked = next(call for call in services.calls if call.url.path.endswith("/progress"))
    assert asked.url.params["caf_code"] == "751"


def test_the_printers_totals_are_sent(agent: FlaskClient, services: FakeServices) -> None:
    path = f"/agent/courriers/{DOCUMENT}/reception"
    assert send(agent, path, letters="120", pages="480").status_code == 303
    receipt = f"/api/notification/v1/letter-batches/{DOCUMENT}/receipt"
    assert services.sent("POST", receipt) == [{"letters": 120, "pages": 480}]
    refused = send(agent, path, letters="many")
    assert refused.status_code == 422
    assert page_checks(refused.text) == []


def test_a_batch_is_handed_on_as_a_file(agent: FlaskClient) -> None:
    answer = agent.get(f"/agent/courriers/{DOCUMENT}.zip")
    assert answer.data == b"PK"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
