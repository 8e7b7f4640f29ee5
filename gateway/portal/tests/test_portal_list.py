"""The list of tenants: filters, orders and files by plain links and one GET form."""

import re

import httpx
import pytest
from flask.testing import FlaskClient
from portal_stand_ins import FakeServices, SignIn, example
from webui.testing import page_checks, parse

LIST = "/api/declaration/v1/declarations"
CHOSEN = {"q": "evrard", "zone": "35", "late": "true", "sort": "-rent"}


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in()


def test_a_stranger_gets_neither_the_list_nor_its_files(client: FlaskClient) -> None:
    for path in ("/declarer", "/declarer/export.csv", "/declarer/export.xlsx"):
        assert client.get(path).status_code == 303
    assert client.get("/declarer/export.exe").status_code in (303, 404)


def test_the_filters_and_the_order_go_to_the_service_and_stay_in_every_link(
    browser: FlaskClient, services: FakeServices
) -> None:
    page = browser.get("/declarer", query_string=CHOSEN)
    assert page.status_code == 200
    assert page_checks(page.text) == []
    # The whole list is asked for besides, as one tenant found by filters does not say whether there are others.
    asked = next(dict(call.url.params) for call in services.calls if call.url.path == LIST)
    assert {name: asked[name] for name in CHOSEN} == CHOSEN
    for words in ("status=to_declare", "export.csv?", "export.xlsx?"):
        (link, *_) = [line for line in page.text.split('href="') if words in line.split('"')[0]]
        assert all(f"{name}={value}" in link.split('"')[0] for name, value in CHOSEN.items()), words


def test_what_is_for_many_tenants_is_not_shown_to_who_has_one(browser: FlaskClient, services: FakeServices) -> None:
    found = example("declaration", "/declarations", "get")
    one = found["items"][0]
    other = {**one, "tenant": {**one["tenant"], "number": "7654321B"}}
    for items, shown in (([one, {**one, "campaign": 2025}], False), ([], False), ([one, other], True)):
        services.on("GET", LIST, {**found, "items": items})
        for address in ("/declarer", "/declarer?q=evrard"):
            page = browser.get(address)
            assert page_checks(page.text) == []
            assert ("/declarer/tableau" in page.text) is shown
            assert ("/declarer/fichier" in page.text) is shown
            assert ("/declarer/lots" in page.text) is shown


def test_the_column_that_sorts_says_so_and_leads_the_other_way(browser: FlaskClient) -> None:
    text = browser.get("/declarer?sort=-rent").text
    assert text.count('aria-sort="descending"') == 1
    assert text.count('aria-sort="none"') == 4
    assert "sort=rent" in text
    assert 'aria-sort="ascending"' in browser.get("/declarer").text


def test_a_filter_that_is_not_of_its_form_is_left_out(browser: FlaskClient, services: FakeServices) -> None:
    for query in ("sort=name", "late=maybe", "user_number=1", "campaign=1789", "zone=%3B"):
        assert browser.get(f"/declarer?{query}").status_code == 200
        asked = next(call.url.params for call in reversed(services.calls) if call.url.path == LIST)
        assert set(asked) <= {"limit"}, query


def test_the_file_comes_as_the_service_makes_it_and_refusals_are_pages(
    browser: FlaskClient, services: FakeServices
) -> None:
    headers = {"Content-Type": "text/csv", "Content-Disposition": 'attachment; filename="declarations.csv"'}
    services.on("GET", f"{LIST}/export", httpx.Response(200, content=b"Campagne;\r\n", headers=headers))
    answer = browser.get("/declarer/export.csv?zone=35&sort=tenant")
    assert (answer.status_code, answer.data) == (200, b"Campagne;\r\n")
    assert answer.headers["Content-Disposition"] == headers["Content-Disposition"]
    sent = dict(services.calls[-1].url.params)
    assert sent == {"zone": "35", "sort": "tenant", "format": "csv"}
    services.on("GET", f"{LIST}/export", httpx.Response(503))
    assert browser.get("/declarer/export.xlsx").status_code == 503


def test_an_empty_list_says_why(browser: FlaskClient, services: FakeServices) -> None:
    services.on("GET", LIST, {"items": [], "total": 0, "counts": {}, "next_cursor": None})
    assert "ne correspond à votre recherche" in browser.get("/declarer?late=true").text
    empty = browser.get("/declarer?sort=tenant").text
    assert "ne vous est demandée pour le moment" in empty
    assert parse(empty)


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", "", page).replace("\u00a0", " ").split())


REMAINING = {"campaign": 2026, "caf_code": "359", "caf_name": "Caf d’Ille-et-Vilaine", "deadline": "2026-11-15"}
REMAINING |= {"cut_off": "2027-01-15", "late": False, "to_declare": 288, "to_answer": 0}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {},
            "288 déclarations à transmettre pour juillet 2026 (Caf d’Ille-et-Vilaine), au plus tard le 15 novembre",
        ),
        ({"late": True}, "vous pouvez encore déclarer jusqu’au 15 janvier 2027, en retard."),
        ({"to_declare": 0, "to_answer": 1}, "1 déclaration attend votre correction"),
    ],
)
def test_the_list_and_the_home_page_say_what_is_left_and_until_when(
    browser: FlaskClient, services: FakeServices, changes: dict[str, object], told: str
) -> None:
    services.on("GET", f"{LIST}/remaining", {"items": [{**REMAINING, **changes}]})
    for path in ("/declarer", "/"):
        page = browser.get(path)
        assert told in words(page.text), path
        assert page_checks(page.text) == []


def test_the_home_page_is_there_when_the_service_is_not(browser: FlaskClient, services: FakeServices) -> None:
    services.on("GET", f"{LIST}/remaining", httpx.Response(503))
    page = browser.get("/")
    assert (page.status_code, "Bonjour" in page.text) == (200, True)


def test_an_agent_is_not_told_to_declare(sign_in: SignIn, services: FakeServices) -> None:
    agent = sign_in(kind="agent", caf="359")
    agent.get("/declarer")
    assert not [call for call in services.calls if call.url.path == f"{LIST}/remaining"]
