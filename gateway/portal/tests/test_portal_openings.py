"""Opening for all Cafs in the pages: supervisors alone, asked once, told Caf by Caf."""

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import FakeServices, SignIn, example
from webui.testing import page_checks, parse

ACT = "01973f50-0000-7000-8000-000000000020"
AT = "/api/declaration/v1/campaign-openings"
ASK = "/agent/campagnes/2026/ouverture-nationale"
TOLD = f"/agent/campagnes/ouvertures/{ACT}"


@pytest.fixture
def supervisor(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", supervisor=True)


@pytest.mark.parametrize("claims", [{}, {"kind": "agent", "caf": "359"}])
def test_the_pages_do_not_exist_for_anyone_else(
    sign_in: SignIn, services: FakeServices, claims: dict[str, str]
) -> None:
    browser = sign_in(**claims)
    assert [browser.get(path).status_code for path in (ASK, TOLD)] == [404, 404]
    assert "ouverture-nationale" not in browser.get("/agent/campagnes").text
    assert not [call for call in services.calls if call.url.path.startswith(AT)]


def test_an_agent_cannot_post_it_either(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in(kind="agent", caf="359")
    token = next(
        e.get("value")
        for e in parse(browser.get("/agent/campagnes/2026/cloture").text)
        if e.get("name") == "csrf_token"
    )
    assert browser.post(ASK, data={"csrf_token": token}).status_code == 404
    assert services.sent("POST", AT) == []


def test_it_is_asked_first_then_once_with_one_key(supervisor: FlaskClient, services: FakeServices) -> None:
    assert ASK in supervisor.get("/agent/campagnes").text
    page = supervisor.get(ASK).text
    assert page_checks(page) == []
    assert "ne peut pas être annulée" in page
    assert services.sent("POST", AT) == []
    typed = {e.get("name"): e.get("value") for e in parse(page) if e.get("type") == "hidden" and e.inside("main")}
    for _ in range(2):
        assert supervisor.post(ASK, data=typed).headers["Location"] == TOLD
    assert services.sent("POST", AT) == [{"year": 2026}]
    assert len({c.headers["Idempotency-Key"] for c in services.calls if (c.method, c.url.path) == ("POST", AT)}) == 1


def test_the_report_says_what_became_of_each_caf(supervisor: FlaskClient) -> None:
    page = supervisor.get(TOLD).text
    assert page_checks(page) == []
    rows = [e.words for e in parse(page) if e.tag == "tr"]
    assert any("220" in row and "Aucune campagne préparée" in row for row in rows)
    assert any("359" in row and "Ouverte par cet acte" in row and "13\u00a0000" in row for row in rows)
    assert "Actualiser" not in page


def test_while_it_runs_the_page_says_how_far_and_refreshes_by_a_link_too(
    supervisor: FlaskClient, services: FakeServices
) -> None:
    told = example("declaration", "/campaign-openings/{opening_id}", "get")
    told |= {"ended_at": None, "counts": {"opened": 1, "waiting": 1}}
    services.on("GET", f"{AT}/{ACT}", told)
    page = supervisor.get(TOLD).text
    assert page_checks(page) == []
    assert "1 sur 2" in page
    assert "Actualiser l’avancement" in page
