import pytest
from flask.testing import FlaskClient
from portal_stand_ins import (
    COLLEAGUE,
    DECLARATION,
    DELEGATE,
    DOCUMENT,
    REFERENCE,
    FakeServices,
    SignIn,
    example,
    problem,
)
from webui.testing import page_checks, parse

IMPORT = "01973f50-0000-7000-8000-00000000000f"
PUBLIC = (
    "/",
    "/aide",
    "/aide/premiere-connexion",
    "/aide/numero-utilisateur",
    "/aide/declarer-un-loyer",
    "/aide/utilisateurs-et-groupes",
    "/accessibilite",
    "/mentions",
    "/v/",
    f"/v/{REFERENCE}",
    "/docs",
)
EXPORT = "01973f50-0000-7000-8000-000000000010"
ANSWERS = "01973f50-0000-7000-8000-000000000011"
LANDLORD = (
    "/",
    "/declarer",
    f"/declarer/{DECLARATION}/informations",
    f"/declarer/{DECLARATION}/situation",
    f"/declarer/{DECLARATION}/loyer",
    f"/declarer/{DECLARATION}/synthese",
    "/habilitations",
    "/habilitations/utilisateurs/nouveau",
    "/habilitations/groupes/nouveau",
    f"/habilitations/utilisateurs/{COLLEAGUE}/identifiants",
    f"/habilitations/utilisateurs/{COLLEAGUE}/retrait",
    f"/habilitations/utilisateurs/{COLLEAGUE}/delegation",
    f"/habilitations/utilisateurs/{DELEGATE}/delegation",
    f"/habilitations/utilisateurs/{DELEGATE}/delegation/retrait",
    "/habilitations/journal",
)
AGENT = (
    "/",
    "/agent",
    "/declarer",
    "/agent/registre",
    f"/agent/registre/{IMPORT}",
    "/agent/campagnes",
    "/agent/campagnes/nouvelle",
    "/agent/campagnes/2026",
    "/agent/campagnes/2026/ouverture",
    "/agent/campagnes/2026/cloture",
    "/agent/campagnes/2026/dates",
    "/agent/exports",
    f"/agent/exports/{EXPORT}",
    f"/agent/exports/{EXPORT}/reception",
    "/agent/reponses",
    f"/agent/reponses/{ANSWERS}",
    "/agent/messages",
    "/agent/bailleurs/adresses-a-corriger",
    f"/agent/bailleurs/{DOCUMENT}",
    "/agent/courriers",
    f"/agent/courriers/{DOCUMENT}/reception",
)


def check(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.headers.get("Location")
    assert page_checks(answer.text) == []


@pytest.mark.parametrize("path", PUBLIC)
def test_each_public_page_breaks_no_rule(client: FlaskClient, path: str) -> None:
    check(client, path)


@pytest.mark.parametrize("path", LANDLORD)
def test_each_page_of_a_landlord_breaks_no_rule(sign_in: SignIn, path: str) -> None:
    check(sign_in(), path)


@pytest.mark.parametrize("path", AGENT)
def test_each_page_of_an_agent_breaks_no_rule(sign_in: SignIn, path: str) -> None:
    check(sign_in(kind="agent", caf="359"), path)


@pytest.mark.parametrize(("kind", "paths"), [("landlord", LANDLORD), ("agent", AGENT)])
def test_every_page_for_people_signed_in_shows_how_to_sign_out(
    sign_in: SignIn, kind: str, paths: tuple[str, ...]
) -> None:
    browser = sign_in(kind="agent", caf="359") if kind == "agent" else sign_in()
    for path in paths:
        assert "Se déconnecter" in browser.get(path).text, path


def test_every_title_of_a_landlords_pages_is_its_own(sign_in: SignIn) -> None:
    browser = sign_in()
    titles = [next(e.words for e in parse(browser.get(path).text) if e.tag == "title") for path in LANDLORD]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("path", AGENT[1:2] + AGENT[3:])
def test_agents_pages_do_not_exist_for_a_landlord(sign_in: SignIn, path: str) -> None:
    assert sign_in().get(path).status_code == 404


@pytest.mark.parametrize("path", LANDLORD[6:])
def test_habilitations_do_not_exist_for_an_agent(sign_in: SignIn, path: str) -> None:
    assert sign_in(kind="agent", caf="359").get(path).status_code == 404


@pytest.mark.parametrize("path", LANDLORD[1:] + AGENT[1:])
def test_nothing_private_is_shown_to_a_visitor(client: FlaskClient, path: str, services: FakeServices) -> None:
    assert client.get(path).headers["Location"].startswith("/connexion")
    assert services.calls == []


def test_the_menu_offers_habilitations_to_those_who_manage_them_only(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in()
    assert "/habilitations" in browser.get("/").text
    services.on("GET", "/api/habilitation/v1/me/access", {"role": "user", "organisation_name": "Régie des Lices"})
    assert "/habilitations" not in browser.get("/").text


def test_a_service_that_is_down_says_so_and_keeps_the_menu(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in()
    services.on("GET", "/api/declaration/v1/declarations", problem(503))
    answer = browser.get("/declarer")
    assert answer.status_code == 503
    assert "momentanément indisponible" in answer.text
    assert page_checks(answer.text) == []


def test_a_refusal_is_said_in_the_services_words(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in(kind="agent", caf="359")
    refusal = problem(409, detail="La campagne 2026 est déjà ouverte.")
    services.on("POST", "/api/declaration/v1/campaigns/2026/opening", refusal)
    page = browser.get("/agent/campagnes/2026/ouverture").text
    token = next(e.get("value") for e in parse(page) if e.get("name") == "csrf_token")
    answer = browser.post("/agent/campagnes/2026/ouverture", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "La campagne 2026 est déjà ouverte." in answer.text


def test_an_unknown_reference_is_said_so(client: FlaskClient) -> None:
    answer = client.get("/v/R26-0000-0000-0000-0000")
    assert answer.status_code == 404
    assert "Cette référence n’est pas connue" in answer.text
    assert page_checks(answer.text) == []


@pytest.mark.parametrize("typed", [REFERENCE, "r26 8k3m w2qt 5ybn 0xcd", "R268K3MW2QT5YBNOXCD"])
def test_a_reference_is_understood_as_people_type_it(client: FlaskClient, typed: str) -> None:
    assert client.get("/v/", query_string={"reference": typed}).headers["Location"] == f"/v/{REFERENCE}"


def test_a_reference_cut_short_is_said_unknown_and_kept(client: FlaskClient) -> None:
    answer = client.get("/v/?reference=R26-8K3M")
    assert "Cette référence n’est pas connue" in answer.text
    assert 'value="R26-8K3M"' in answer.text


def test_the_public_check_never_carries_a_token(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in()
    services.calls.clear()
    browser.get(f"/v/{REFERENCE}")
    checked = [call for call in services.calls if "/verifications/" in call.url.path]
    assert len(checked) == 1
    assert "Authorization" not in checked[0].headers


def test_the_documentation_shows_every_operation(client: FlaskClient) -> None:
    page = client.get("/docs").text
    assert "PUT /api/declaration/v1/declarations/{declaration_id}/draft" in page
    assert "GET /api/documents/v1/verifications/{reference}" in page


def test_a_service_without_document_does_not_hide_the_others(client: FlaskClient, services: FakeServices) -> None:
    services.on("GET", "/api/identity/v1/openapi.json", problem(503))
    page = client.get("/docs").text
    assert "Ce document est indisponible" in page
    assert "Déclaration des loyers" in page


def test_a_call_carries_the_number_of_the_request(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in()
    services.calls.clear()
    browser.get("/declarer", headers={"X-Request-Id": "abcdef-123456"})
    assert {call.headers["X-Request-Id"] for call in services.calls} == {"abcdef-123456"}


def test_the_example_used_here_is_the_services_own() -> None:
    assert example("declaration", "/declarations", "get")["items"][0]["tenant"]["last_name"] == "DEUJOURS"
