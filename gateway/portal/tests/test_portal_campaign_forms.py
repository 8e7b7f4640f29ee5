"""An agent's forms of a campaign: what is typed, what is asked again, what is sent."""

from datetime import date
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from portal.api_types.declaration.campaigns import Campaign, ChangeCampaignDatesBody
from portal.pages.agent.campaign_dates import at_once
from portal_stand_ins import FakeServices, SignIn, problem
from webui.testing import page_checks, parse

AT = "/api/declaration/v1/campaigns"
DATES = "/agent/campagnes/2026/dates"
OPEN: dict[str, Any] = {
    "phase": "open",
    "deadline": "2026-11-15",
    "cut_off": "2027-01-15",
    "reminders": ["2026-10-16", "2026-11-12"],
}


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", caf="359")


def parts(name: str, day: date) -> dict[str, str]:
    return {f"{name}-jj": str(day.day), f"{name}-mm": str(day.month), f"{name}-aaaa": str(day.year)}


def filled(**changes: str) -> dict[str, str]:
    days = {**parts("deadline", date(2026, 11, 30)), **parts("cut_off", date(2027, 1, 31))}
    return {**days, "reminders": "20/11/2026\n2 11 2026", "reason": "Envoi du courrier retardé", **changes}


def hidden(page: str) -> dict[str, str]:
    return {e.get("name"): e.get("value") for e in parse(page) if e.get("type") == "hidden" and e.inside("main")}


def send(browser: FlaskClient, path: str, typed: dict[str, str]) -> Any:
    return browser.post(path, data={**hidden(browser.get(path).text), **typed})


def test_a_landlord_finds_no_form_of_a_campaign(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in()
    assert browser.get(DATES).status_code == 404
    assert not [call for call in services.calls if "/campaigns" in call.url.path]


def test_the_form_shows_the_days_as_they_are(agent: FlaskClient) -> None:
    page = agent.get(DATES).text
    values = {e.get("name"): e.get("value") for e in parse(page) if e.tag == "input"}
    assert (values["deadline-jj"], values["deadline-mm"], values["cut_off-aaaa"]) == ("15", "11", "2027")
    assert "16/10/2026" in page


def test_new_days_are_shown_beside_the_old_ones_before_anything_is_changed(
    agent: FlaskClient, services: FakeServices
) -> None:
    page = send(agent, DATES, filled()).text
    assert page_checks(page) == []
    assert "15 novembre 2026" in page
    assert "30 novembre 2026" in page
    assert services.sent("PUT", f"{AT}/2026/dates") == []
    done = agent.post(DATES, data=hidden(page))
    assert (done.status_code, done.headers["Location"]) == (303, "/agent/campagnes/2026")
    assert services.sent("PUT", f"{AT}/2026/dates") == [
        {
            "deadline": "2026-11-30",
            "cut_off": "2027-01-31",
            "reminders": ["2026-11-02", "2026-11-20"],
            "reason": "Envoi du courrier retardé",
        }
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reminders": "demain"}, "Saisissez une date par ligne"),
        ({"reminders": "31/11/2026"}, "Saisissez une date par ligne"),
        ({"reason": ""}, "Saisissez le motif"),
        ({"deadline-jj": "", "deadline-mm": "", "deadline-aaaa": ""}, "Saisissez la date limite"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(
    agent: FlaskClient, services: FakeServices, typed: dict[str, str], said: str
) -> None:
    refused = send(agent, DATES, filled(**typed))
    assert refused.status_code == 422
    assert said in refused.text
    assert page_checks(refused.text) == []
    assert services.sent("PUT", f"{AT}/2026/dates") == []


def test_what_the_service_refuses_comes_back_to_the_form(agent: FlaskClient, services: FakeServices) -> None:
    errors = [{"pointer": "/reminders", "code": "reminders", "detail": "Ces dates de rappel ne conviennent pas."}]
    services.on("PUT", f"{AT}/2026/dates", problem(422, errors=errors))
    refused = agent.post(DATES, data=hidden(send(agent, DATES, filled()).text))
    assert refused.status_code == 422
    assert "Ces dates de rappel ne conviennent pas." in refused.text
    assert "02/11/2026" in refused.text
    assert page_checks(refused.text) == []


def test_a_supervisor_changes_the_days_of_the_caf_they_chose(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in(kind="agent", supervisor=True)
    page = send(browser, f"{DATES}?caf=751", filled()).text
    done = browser.post(DATES, data=hidden(page))
    assert done.headers["Location"] == "/agent/campagnes/2026?caf=751"
    assert {call.url.params["caf_code"] for call in services.calls if "/campaigns/" in call.url.path} == {"751"}


@pytest.mark.parametrize(
    ("campaign", "change", "words"),
    [
        ({}, {}, []),
        ({}, {"deadline": "2026-11-01"}, ["marque du retard"]),
        ({}, {"deadline": "2026-11-01", "cut_off": "2026-11-19"}, ["close pour de bon"]),
        ({}, {"deadline": "2026-11-20", "cut_off": "2026-11-20"}, []),
        ({}, {"reminders": ["2026-11-20"]}, ["Un rappel, celui du 20 novembre 2026"]),
        ({}, {"reminders": ["2026-10-16"]}, []),
        ({"phase": "closed"}, {"reminders": ["2026-11-20"]}, []),
        ({"phase": "draft"}, {"deadline": "2026-11-01", "cut_off": "2026-11-01"}, []),
    ],
)
def test_days_that_act_at_once_are_announced(
    campaign: dict[str, Any], change: dict[str, Any], words: list[str]
) -> None:
    before = cast(Campaign, {**OPEN, **campaign})
    after = cast(ChangeCampaignDatesBody, {**OPEN, "deadline": "2026-12-01", **change})
    told = list(at_once(before, after, date(2026, 11, 20)))
    assert len(told) == len(words)
    assert all(word in sentence for word, sentence in zip(words, told, strict=True))


def test_reminders_are_chosen_when_a_campaign_is_prepared(agent: FlaskClient, services: FakeServices) -> None:
    typed = {"year": "2026", **parts("deadline", date(2026, 11, 15)), **parts("cut_off", date(2027, 1, 15))}
    sent = send(agent, "/agent/campagnes/nouvelle", {**typed, "reminders": "15/10/2026\n\n5.11.2026"})
    assert sent.status_code == 303
    (body,) = services.sent("POST", AT)
    assert body["reminders"] == ["2026-10-15", "2026-11-05"]


@pytest.mark.parametrize("act", ["ouverture", "cloture"])
def test_opening_and_closing_say_the_days_and_that_there_is_no_way_back(agent: FlaskClient, act: str) -> None:
    page = agent.get(f"/agent/campagnes/2026/{act}").text
    assert "ne peut pas être annulée" in page
    assert "15 janvier 2027" in page
    assert page_checks(page) == []


def test_the_same_click_twice_carries_one_key(agent: FlaskClient, services: FakeServices) -> None:
    typed = hidden(agent.get("/agent/campagnes/2026/ouverture").text)
    for _ in range(2):
        agent.post("/agent/campagnes/2026/ouverture", data=typed)
    keys = {c.headers["Idempotency-Key"] for c in services.calls if c.url.path.endswith("/opening")}
    assert len(keys) == 1
