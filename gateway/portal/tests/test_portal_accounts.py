"""« Comptes »: who may not open it, what is asked before an act, and what is sent."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import ACCOUNT, DOCUMENT, ORGANISATION, FakeServices, SignIn, problem
from webui.testing import page_checks, parse

HERE = "/agent/comptes"
API = "/api/identity/v1"
WHY = "Appel du bailleur, il ne reconnaît pas cette connexion."
FOUND = {
    "account_id": ACCOUNT,
    "organisation_id": ORGANISATION,
    "kind": "landlord",
    "login": "BX7K-2M4Q",
    "name": "Nolwenn Le Goff",
    "caf_code": None,
    "standing": "active",
    "standing_label": "Ouvert",
}
SHOWN = FOUND | {
    "suspended_with_organisation": False,
    "email": "nolwenn@lices.example",
    "telephone": None,
    "user_numbers": [{"number": "35900007090001", "caf_code": "359", "landlord_id": DOCUMENT}],
    "created_at": "2026-06-01T08:00:00Z",
    "activated_at": "2026-06-02T08:00:00Z",
    "last_sign_in_at": "2026-11-02T08:00:00Z",
    "own_password": True,
    "password_change_required": False,
    "provisional_password": {
        "channel": "email",
        "issued_at": "2026-06-01T08:00:00Z",
        "expires_at": "2026-06-04T08:00:00Z",
        "used_at": None,
    },
    "closable": True,
    "second_factor": True,
    "open_sessions": 1,
}
LINE = {
    "id": 3,
    "at": "2026-11-02T08:00:00Z",
    "kind": "account.suspended",
    "label": "Compte suspendu par la Caf",
    "actor": ORGANISATION,
    "own": False,
    "network": "",
    "browser": "",
    "reason": WHY,
}


@pytest.fixture
def agent(sign_in: SignIn, services: FakeServices) -> FlaskClient:
    services.on("GET", f"{API}/accounts/{ACCOUNT}", SHOWN)
    services.on("POST", f"{API}/account-searches", {"items": [FOUND], "next_cursor": "suite"})
    services.on("GET", f"{API}/accounts/{ACCOUNT}/activity", {"items": [LINE], "next_cursor": "suite"})
    return sign_in(kind="agent", caf="359")


def send(browser: FlaskClient, path: str, **typed: Any) -> Any:
    page = parse(browser.get(path).text)
    kept = {e.get("name"): e.get("value") for e in page if e.get("type") == "hidden" and e.inside("main")}
    return browser.post(path, data={**kept, **typed})


PATHS = (HERE, f"{HERE}/{ACCOUNT}", f"{HERE}/{ACCOUNT}/journal", f"{HERE}/{ACCOUNT}/suspension")


@pytest.mark.parametrize("path", PATHS)
def test_a_landlord_opens_none_of_these_pages(sign_in: SignIn, services: FakeServices, path: str) -> None:
    assert sign_in().get(path).status_code in (303, 403, 404)
    assert not [call for call in services.calls if call.url.path.startswith(f"{API}/account")]


@pytest.mark.parametrize("path", PATHS)
def test_the_pages_are_well_made(agent: FlaskClient, path: str) -> None:
    answer = agent.get(path)
    assert answer.status_code == 200
    assert page_checks(answer.text) == []


def test_a_search_sends_what_was_typed_in_the_body_and_never_in_an_address(
    agent: FlaskClient, services: FakeServices
) -> None:
    answer = send(agent, HERE, criterion="name", typed="Le Goff")
    assert services.sent("POST", f"{API}/account-searches") == [{"name": "Le Goff"}]
    assert page_checks(answer.text) == []
    assert "BX7K-2M4Q" in answer.text
    assert "Page suivante" in answer.text
    assert not [call for call in services.calls if "Goff" in str(call.url)]


def test_nothing_found_is_said(agent: FlaskClient, services: FakeServices) -> None:
    services.on("POST", f"{API}/account-searches", {"items": [], "next_cursor": None})
    assert "ne correspond exactement" in send(agent, HERE, criterion="login", typed="X").text


def test_an_account_of_another_caf_is_not_found(agent: FlaskClient, services: FakeServices) -> None:
    services.on("GET", f"{API}/accounts/{ACCOUNT}", problem(404))
    for path in PATHS[1:]:
        assert agent.get(path).status_code == 404


def test_no_act_leaves_without_a_reason(agent: FlaskClient, services: FakeServices) -> None:
    answer = send(agent, f"{HERE}/{ACCOUNT}/suspension", reason="")
    assert answer.status_code == 422
    assert "Saisissez le motif" in answer.text
    assert page_checks(answer.text) == []
    assert services.sent("POST", f"{API}/accounts/{ACCOUNT}/suspension") == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("suspension", f"accounts/{ACCOUNT}/suspension"),
        ("retablissement", f"accounts/{ACCOUNT}/restoration"),
        ("mot-de-passe", f"accounts/{ACCOUNT}/password-change"),
        ("seconde-verification", f"accounts/{ACCOUNT}/factor-resets"),
        ("fermeture", f"accounts/{ACCOUNT}/closing"),
        ("suspension-organisme", f"organisations/{ORGANISATION}/suspension"),
        ("retablissement-organisme", f"organisations/{ORGANISATION}/restoration"),
    ],
)
def test_an_act_is_sent_once_with_its_reason(agent: FlaskClient, services: FakeServices, name: str, path: str) -> None:
    services.on("POST", f"{API}/{path}", SHOWN)
    assert send(agent, f"{HERE}/{ACCOUNT}/{name}", reason=WHY).location == f"{HERE}/{ACCOUNT}"
    assert services.sent("POST", f"{API}/{path}") == [{"reason": WHY}]
    [call] = [call for call in services.calls if call.method == "POST" and call.url.path == f"{API}/{path}"]
    assert len(call.headers["Idempotency-Key"]) == 36


def test_an_act_that_does_not_exist_is_not_found(agent: FlaskClient) -> None:
    assert agent.get(f"{HERE}/{ACCOUNT}/effacement").status_code == 404


def test_a_refused_act_says_why_and_keeps_the_reason(agent: FlaskClient, services: FakeServices) -> None:
    services.on("POST", f"{API}/accounts/{ACCOUNT}/suspension", problem(409, detail="Ce compte est déjà suspendu."))
    answer = send(agent, f"{HERE}/{ACCOUNT}/suspension", reason=WHY)
    assert answer.status_code == 422
    assert "déjà suspendu" in answer.text
    assert WHY in answer.text


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        (
            {},
            [
                "suspension",
                "mot-de-passe",
                "seconde-verification",
                "fermeture",
                "suspension-organisme",
                "retablissement-organisme",
            ],
        ),
        (
            {"standing": "suspended", "own_password": False},
            ["retablissement", "seconde-verification", "fermeture", "suspension-organisme"],
        ),
        ({"organisation_id": None}, ["suspension", "mot-de-passe", "seconde-verification", "fermeture"]),
        ({"second_factor": False, "closable": False}, ["suspension", "mot-de-passe", "suspension-organisme"]),
        ({"standing": "closed"}, []),
    ],
)
def test_only_the_acts_that_the_account_allows_are_offered(
    agent: FlaskClient, services: FakeServices, changes: dict[str, Any], offered: list[str]
) -> None:
    services.on("GET", f"{API}/accounts/{ACCOUNT}", SHOWN | changes)
    links = {
        e.get("href").rpartition("/")[2] for e in parse(agent.get(PATHS[1]).text) if e.tag == "a" and e.get("href")
    }
    assert set(offered) <= links
    others = {"suspension", "retablissement", "mot-de-passe", "seconde-verification", "fermeture"}
    others |= {"suspension-organisme"}
    assert not (others - set(offered)) & links


def test_the_journal_says_who_acted_and_why(agent: FlaskClient) -> None:
    page = agent.get(f"{HERE}/{ACCOUNT}/journal").text
    assert WHY in page
    assert "Compte suspendu par la Caf" in page
    assert "cursor=suite" in page


RESETS = "/agent/verifications"
RESET = "01973f50-0000-7000-8000-0000000000f1"
WAITING = {
    "id": RESET,
    "account_id": ACCOUNT,
    "state": "requested",
    "state_label": "À décider par un autre agent",
    "reason": WHY,
    "own": False,
    "asked_at": "2026-11-02T08:00:00Z",
    "expires_at": "2026-11-04T08:00:00Z",
    "decided_at": None,
    "name": "Nolwenn Le Goff",
}


@pytest.mark.parametrize("own", [False, True])
def test_one_s_own_request_waits_for_another_agent(agent: FlaskClient, services: FakeServices, own: bool) -> None:
    services.on("GET", f"{API}/factor-resets", {"items": [WAITING | {"own": own}], "next_cursor": None})
    page = agent.get(RESETS).text
    assert page_checks(page) == []
    assert (f"{RESETS}/{ACCOUNT}/{RESET}/accord" in page) is not own
    assert ("un autre agent décide" in page) is own


@pytest.mark.parametrize(("name", "path"), [("accord", "approval"), ("refus", "refusal")])
def test_a_decision_is_sent_with_its_reason(agent: FlaskClient, services: FakeServices, name: str, path: str) -> None:
    there = f"{API}/accounts/{ACCOUNT}/factor-resets/{RESET}/{path}"
    services.on("GET", f"{API}/factor-resets", {"items": [], "next_cursor": None})
    services.on("POST", there, WAITING)
    here = f"{RESETS}/{ACCOUNT}/{RESET}/{name}"
    assert page_checks(agent.get(here).text) == []
    assert send(agent, here, reason="").status_code == 422
    assert send(agent, here, reason=WHY).location == RESETS
    assert services.sent("POST", there) == [{"reason": WHY}]


def test_who_asked_is_told_that_another_agent_decides(agent: FlaskClient, services: FakeServices) -> None:
    there = f"{API}/accounts/{ACCOUNT}/factor-resets/{RESET}/approval"
    services.on("POST", there, problem(403, detail="Un autre agent de votre Caf doit la décider."))
    answer = send(agent, f"{RESETS}/{ACCOUNT}/{RESET}/accord", reason=WHY)
    assert (answer.status_code, "un autre agent" in answer.text.lower()) == (422, True)
    assert agent.get(f"{RESETS}/{ACCOUNT}/{RESET}/peut-etre").status_code == 404
