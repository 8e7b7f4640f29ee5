"""A form acts once: back and « Valider », two tabs, a lost answer; doing it twice is possible, when one says so."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from chassis import clock, ids
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from flask import Flask
from flask.testing import FlaskClient
from habilitation.app import service as habilitation
from portal import sending
from portal_stand_ins import ACCOUNT, DECLARATION, ORGANISATION, FakeServices, SignIn, example, problem
from webui.testing import page_checks, parse

NEW_USER = "/habilitations/utilisateurs/nouveau"
USERS = f"/api/habilitation/v1/organisations/{ORGANISATION}/users"
LOTS = "/api/declaration/v1/transmissions"
Page = dict[str, str]


@pytest.fixture
def real(harness: HarnessFactory, sqlite_url: str, services: FakeServices) -> Harness:
    """Habilitation itself behind the portal, with the administrator of one organisation."""
    here = harness(habilitation, sqlite_url)
    landlord = {
        "landlord_id": str(ids.new_id()),
        "organisation_id": ORGANISATION,
        "caf_code": "359",
        "user_number": "35900007090001",
        "kind": "legal_person",
        "siret": "73282932000074",
        "version": 1,
    }
    nobody = {"civility": None, "last_name": None, "first_name": None, "email": None, "address": ["35000 RENNES"]}
    here.deliver("registry.landlord_registered.v1", landlord, {**nobody, "name": "REGIE DES LICES"})
    portfolio = {"organisation_id": ORGANISATION, "version": 1}
    scopes = [{"housing_type": "private", "departement": "35"}]
    here.deliver("registry.portfolio_changed.v1", {**portfolio, "scopes": scopes})
    person = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "n@lices.example"}
    activated = {
        "account_id": ACCOUNT,
        "organisation_id": ORGANISATION,
        "caf_code": "359",
        "kind": "landlord",
        "activated_at": clock.iso(clock.now()),
        "version": 1,
    }
    here.deliver("identity.account_activated.v1", activated, person)

    def answer(request: httpx.Request) -> httpx.Response:
        kept = {name: value for name in ("idempotency-key", "content-type") if (value := request.headers.get(name))}
        headers = here.headers(sub=UUID(ACCOUNT), org=UUID(ORGANISATION))
        found = here.client.request(
            request.method, request.url.path, content=request.content, headers={**kept, **headers}
        )
        return httpx.Response(found.status_code, content=found.content, headers=dict(found.headers))

    for path in (USERS, USERS.replace("users", "groups"), USERS.replace("users", "zones")):
        for method in ("GET", "POST"):
            services.on(method, path, answer)
    return here


@pytest.fixture
def landlord(sign_in: SignIn) -> FlaskClient:
    return sign_in()


def opened(browser: FlaskClient, path: str) -> Page:
    """The hidden fields of a page's form, and its first box ticked when it has boxes."""
    inside = [each for each in parse(browser.get(path).text) if each.inside("main") and each.tag == "input"]
    page = {each.get("name"): each.get("value") for each in inside if each.get("type") == "hidden"}
    boxes = [each for each in inside if each.get("type") == "checkbox"]
    return page | {each.get("name"): each.get("value") for each in boxes[:1]}


def user(email: str = "anne@lices.example") -> Page:
    return {"civility": "Mme", "last_name": "Martin", "first_name": "Anne", "email": email}


def created(here: Harness) -> list[str]:
    return [event.personal["email"] for event in here.published("habilitation.user_created.v1")]


def confirmed(browser: FlaskClient, path: str, asked: str) -> Any:
    """Presses the button of the page that asks."""
    hidden = {
        each.get("name"): each.get("value")
        for each in parse(asked)
        if each.get("type") == "hidden" and each.inside("main")
    }
    return browser.post(path, data=hidden)


def test_back_and_valider_creates_one_user(landlord: FlaskClient, real: Harness) -> None:
    page = opened(landlord, NEW_USER)
    first, second = (landlord.post(NEW_USER, data={**page, **user()}) for _ in range(2))
    assert first.location == second.location == "/habilitations"
    assert "C’est déjà enregistré" in landlord.get("/habilitations").text
    assert created(real) == ["anne@lices.example"]


def test_the_same_user_typed_again_is_asked_about_and_created_when_it_is_meant(
    landlord: FlaskClient, real: Harness
) -> None:
    """« Back » fetches the page again, under another key; so does a second tab."""
    first, again = opened(landlord, NEW_USER), opened(landlord, NEW_USER)
    landlord.post(NEW_USER, data={**first, **user()})
    asked = landlord.post(NEW_USER, data={**again, **user()})
    assert (asked.status_code, page_checks(asked.text)) == (409, [])
    assert "créer l’utilisateur une deuxième fois" in asked.text
    assert created(real) == ["anne@lices.example"]
    assert confirmed(landlord, NEW_USER, asked.text).location == "/habilitations"
    assert len(created(real)) == 2
    assert confirmed(landlord, NEW_USER, asked.text).location == "/habilitations"
    assert len(created(real)) == 2


def test_other_content_under_a_used_page_is_asked_about(landlord: FlaskClient, real: Harness) -> None:
    page = opened(landlord, NEW_USER)
    landlord.post(NEW_USER, data={**page, **user()})
    asked = landlord.post(NEW_USER, data={**page, **user("louise@lices.example")})
    assert asked.status_code == 409
    assert "avec d’autres informations" in asked.text
    assert created(real) == ["anne@lices.example"]
    assert confirmed(landlord, NEW_USER, asked.text).location == "/habilitations"
    assert created(real) == ["anne@lices.example", "louise@lices.example"]


def test_another_user_from_another_page_is_simply_created(landlord: FlaskClient, real: Harness) -> None:
    for email in ("anne@lices.example", "louise@lices.example"):
        answer = landlord.post(NEW_USER, data={**opened(landlord, NEW_USER), **user(email)})
        assert answer.status_code == 303
    assert created(real) == ["anne@lices.example", "louise@lices.example"]


def test_a_sending_whose_answer_was_lost_is_not_done_twice(
    landlord: FlaskClient, real: Harness, services: FakeServices
) -> None:
    through: Callable[[httpx.Request], httpx.Response] = services.answers["POST", USERS]

    def lost(request: httpx.Request) -> httpx.Response:
        through(request)
        raise httpx.ReadTimeout("lost")

    services.on("POST", USERS, lost)
    assert landlord.post(NEW_USER, data={**opened(landlord, NEW_USER), **user()}).status_code == 503
    services.on("POST", USERS, through)
    assert landlord.post(NEW_USER, data={**opened(landlord, NEW_USER), **user()}).status_code == 303
    assert created(real) == ["anne@lices.example"]


def test_other_content_after_a_lost_answer_is_said_in_words(
    landlord: FlaskClient, real: Harness, services: FakeServices
) -> None:
    through, page = services.answers["POST", USERS], opened(landlord, NEW_USER)

    def lost(request: httpx.Request) -> httpx.Response:
        through(request)
        raise httpx.ReadTimeout("lost")

    services.on("POST", USERS, lost)
    landlord.post(NEW_USER, data={**page, **user()})
    services.on("POST", USERS, through)
    answer = landlord.post(NEW_USER, data={**page, **user("louise@lices.example")})
    assert (answer.status_code, page_checks(answer.text)) == (422, [])
    assert "Un premier envoi de cette page est déjà enregistré" in answer.text
    key = next(each.get("value") for each in parse(answer.text) if each.get("name") == "key")
    sent = {**page, "key": key, **user("louise@lices.example")}
    assert landlord.post(NEW_USER, data=sent).status_code == 303
    assert created(real) == ["anne@lices.example", "louise@lices.example"]


def test_a_refused_form_is_corrected_and_sent_from_the_same_page(landlord: FlaskClient, real: Harness) -> None:
    page = opened(landlord, NEW_USER)
    assert landlord.post(NEW_USER, data={**page, **user("nobody")}).status_code == 422
    assert landlord.post(NEW_USER, data={**page, **user()}).status_code == 303
    assert created(real) == ["anne@lices.example"]


def test_two_people_do_not_ask_each_other(sign_in: SignIn, services: FakeServices) -> None:
    for name in ("1", "2"):
        browser = sign_in(sub=ACCOUNT[:-1] + name)
        answer = browser.post(NEW_USER, data={**opened(browser, NEW_USER), **user()})
        assert answer.status_code == 303


def test_the_same_file_is_asked_about_and_chosen_again(sign_in: SignIn, services: FakeServices) -> None:
    agent, path = sign_in(kind="agent", caf="359"), "/agent/registre"
    for content, status in ((b"siret;nom", 303), (b"siret;autre", 303), (b"siret;nom", 409)):
        page = opened(agent, path)
        answer = agent.post(path, data={**page, "file": (BytesIO(content), "registre.csv")})
        assert answer.status_code == status
    assert page_checks(answer.text) == []
    assert any(each.get("type") == "file" for each in parse(answer.text))
    assert [call.method for call in services.calls if call.url.path.endswith("/registry-imports")].count("POST") == 2


def test_a_second_lot_of_other_drafts_asks_nothing(landlord: FlaskClient, services: FakeServices) -> None:
    lot = example("declaration", "/transmissions/{lot_id}", "get")
    services.on("POST", LOTS, lot)
    services.on("GET", LOTS, {"items": [], "next_cursor": None})
    found = example("declaration", "/declarations", "get")
    for drafts in (20, 5):
        services.on("GET", "/api/declaration/v1/declarations", {**found, "total": drafts})
        assert landlord.post("/declarer/lots", data=opened(landlord, "/declarer/lots")).status_code == 303
    assert len(services.sent("POST", LOTS)) == 2


def test_signing_in_again_on_the_way_is_no_success(
    landlord: FlaskClient, portal: Flask, services: FakeServices, real: Harness, sign_in: SignIn
) -> None:
    through = services.answers["POST", USERS]
    services.on("POST", USERS, problem(401))
    page = {**opened(landlord, NEW_USER), **user()}
    landlord.post(NEW_USER, data=page)
    services.on("POST", USERS, through)
    again = sign_in()
    answer = again.post(NEW_USER, data={**opened(again, NEW_USER), **user()})
    assert answer.location == "/habilitations"
    assert created(real) == ["anne@lices.example"]


def test_every_form_acts_once_or_says_why_it_need_not(portal: Flask) -> None:
    posts = {rule.endpoint for rule in portal.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts == set(sending.ACTS) | set(sending.EXEMPT)
    assert not set(sending.ACTS) & set(sending.EXEMPT)
    assert all(len(reason) > 8 for reason in sending.EXEMPT.values())


def test_every_form_that_acts_once_carries_its_key(portal: Flask) -> None:
    """In the templates: a form without key would ask « une deuxième fois ? » where it should lead to the first."""
    environment = portal.jinja_env
    folder = environment.loader
    assert folder is not None
    names = [name for name in environment.list_templates() if not name.startswith(("webui/", "govuk"))]
    without = {name for name in names if has_form_without_key(folder.get_source(environment, name)[0])}
    # Their endpoints are among the exempted: searches, steps, the grid, and a file's application.
    assert without == {
        "_conflict.html",
        "agent/accounts.html",
        "agent/paper.html",
        "declare/file.html",
        "declare/grid.html",
        "declare/informations.html",
        "declare/loyer.html",
        "declare/situation.html",
    }


def has_form_without_key(source: str) -> bool:
    forms = source.split("{% call ui.form(")[1:] + source.split('<form method="post"')[1:]
    return any("key" not in form.split("{% endcall %}")[0].split("</form>")[0] for form in forms)


def test_what_was_sent_is_not_kept(landlord: FlaskClient, real: Harness, portal: Flask) -> None:
    landlord.post(NEW_USER, data={**opened(landlord, NEW_USER), **user()})
    with portal.extensions["portal_engine"].connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM sent_form").all()
    assert len(rows) == 1
    assert "anne" not in str(rows).lower()
    assert DECLARATION not in str(rows)
