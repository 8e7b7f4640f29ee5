"""What the page of a declaration says first, in each state: never that all is well when something waits."""

from typing import Any

import pytest
from declaration.domain import states
from declaration.domain.answers import reasons
from declaration.domain.states import State
from flask.testing import FlaskClient
from portal.declaration_states import DECLARATION_STATES
from portal.layout import STATES
from portal_stand_ins import DECLARATION, FakeServices, SignIn, example
from test_portal_journey import TRANSMISSION
from webui.testing import page_checks, parse
from webui.typography import long_date

PAGE = f"/declarer/{DECLARATION}/confirmation"
WELL = "govuk-panel--confirmation"
SENT = [state.value for state in State if state not in (State.NOT_CONCERNED, State.TO_DECLARE, State.DRAFT)]


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in()


def shown(browser: FlaskClient, services: FakeServices, status: str, **changes: Any) -> str:
    services.declaration |= {
        "status": status,
        "status_label": states.label(State(status), 1),
        "next_step": "done",
        "actions": [],
        "transmissions": [dict(TRANSMISSION)],
        **changes,
    }
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    assert page_checks(answer.text) == []
    return str(answer.text)


def title(page: str) -> str:
    return next(element.words for element in parse(page) if element.tag == "h1")


def test_every_state_has_its_colour_and_the_words_of_the_service() -> None:
    assert {name: one.label for name, one in DECLARATION_STATES.items()} == {
        state.value: label for state, label in states.LABELS.items()
    }
    assert all(STATES[name] == (one.label, one.colour) for name, one in DECLARATION_STATES.items())
    assert {name for name, one in DECLARATION_STATES.items() if one.well} == {"transmitted", "integrated"}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("status", SENT)
def test_the_page_says_of_each_state_what_it_is(
    browser: FlaskClient, services: FakeServices, status: str, late: bool
) -> None:
    page = shown(browser, services, status, transmissions=[{**TRANSMISSION, "late": late}])
    assert title(page) == DECLARATION_STATES[status].title
    assert (WELL in page) is DECLARATION_STATES[status].well
    assert ("après la date limite" in page) is late
    assert ("En retard" in page) is late


def test_a_rejected_declaration_is_never_said_to_be_transmitted(browser: FlaskClient, services: FakeServices) -> None:
    rejected = {
        "version": 1,
        "answer": "rejected",
        "label": "Le logement ne correspond pas",
        "reason_code": "dwelling_mismatch",
        "text": None,
        "guidance": "Corrigez l’adresse, puis validez à nouveau.",
        "way_on": "correct",
        "answered_at": "2026-09-10T08:00:00Z",
    }
    changes = {"actions": ["amend"], "transmissions": [{**TRANSMISSION, "answer": rejected}]}
    page = shown(browser, services, "rejected", **changes)
    assert "Déclaration transmise" not in page
    assert "Le logement ne correspond pas" in page
    assert "Corriger cette déclaration" in page
    # While it is corrected, what was rejected is not said to count.
    page = shown(
        browser, services, "draft", **{**changes, "actions": ["save", "abandon"]}, status_label=states.CORRECTION_LABEL
    )
    assert title(page) == states.CORRECTION_LABEL
    assert "a été rejetée par la Caf" in page


def answered(word: str, reason_code: str | None = None) -> dict[str, Any]:
    """What the service shows of the Caf's answer."""
    common = {
        "version": 1,
        "reason_code": reason_code,
        "text": "Où est le bail ?",
        "answered_at": "2026-09-10T08:00:00Z",
    }
    table = {name: getattr(reasons, name)(word, reason_code) for name in ("label", "guidance", "way_on")}
    return {**TRANSMISSION, "answer": {**common, "answer": word, **table}}


@pytest.mark.parametrize("status", ["rejected", "information_requested"])
def test_what_waits_for_the_landlord_says_until_when_and_has_one_way_on(
    sign_in: SignIn, services: FakeServices, status: str
) -> None:
    until = long_date(services.declaration["campaign"]["cut_off"]).replace("\u00a0", " ")
    browser, changes = sign_in(), {"transmissions": [answered(status)]}
    page = shown(browser, services, status, **changes, actions=["amend"])
    assert "Où est le bail" in page
    assert f"jusqu’au {until}" in page.replace("\u00a0", " ")
    assert page.count(f"{DECLARATION}/rectification") == 1
    # Once the campaign takes nothing any more, and for agents, nobody is told to correct it here.
    page = shown(browser, services, status, **changes)
    assert "appelez votre Caf" in page
    assert "jusqu’au" not in page
    page = shown(sign_in(kind="agent", caf="359"), services, status, **changes)
    assert "appelez votre Caf" not in page
    assert "jusqu’au" not in page


@pytest.mark.parametrize("reason", sorted(reasons.REASONS))
def test_each_reason_for_rejecting_leads_one_way(browser: FlaskClient, services: FakeServices, reason: str) -> None:
    calls = reasons.REASONS[reason].way_on == "call"
    assert calls is (reason == "tenant_unknown")
    sent = answered("rejected", reason)
    page = shown(browser, services, "rejected", transmissions=[sent], actions=["amend"])
    said = page.replace("\u00a0", " ")
    assert ("appelez votre Caf" in said, "Corriger cette déclaration" in said) == (calls, not calls)
    assert ("Corrigez-la et validez à nouveau" in said) is not calls
    assert said.count(f"{DECLARATION}/rectification") == 1
    # Once nothing can be corrected any more, there is the telephone alone, also of a correction that was left open.
    for status in ("rejected", "draft"):
        said = shown(browser, services, status, transmissions=[sent]).replace("\u00a0", " ")
        assert said.count("ppelez votre Caf") == 1
        assert "alidez" not in said
        assert f"{DECLARATION}/rectification" not in said


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("status", [state.value for state in State])
def test_the_list_names_every_state_in_words(
    browser: FlaskClient, services: FakeServices, status: str, version: int, late: bool
) -> None:
    found = example("declaration", "/declarations", "get")
    line = {**found["items"][0], "status": status, "status_label": states.label(State(status), version), "late": late}
    services.on("GET", "/api/declaration/v1/declarations", {**found, "items": [line], "counts": {}})
    answer = browser.get("/declarer")
    assert page_checks(answer.text) == []
    cells = answer.text.split("<tbody")[1].split("</tbody>")[0]
    assert line["status_label"] in cells
    assert ("En retard" in cells) is late
    assert f"govuk-tag--{STATES[status][1]}" in cells


def test_a_correction_is_called_so_and_says_which_version_counts(browser: FlaskClient, services: FakeServices) -> None:
    page = shown(browser, services, "draft", status_label=states.label(State.DRAFT, 2), actions=["save", "abandon"])
    assert title(page) == states.CORRECTION_LABEL
    assert "Brouillon" not in page
    assert WELL not in page
    assert "compte tant que vous n’avez pas validé" in page


def test_what_was_taken_into_account_has_one_way_on(browser: FlaskClient, services: FakeServices) -> None:
    settled = {
        "version": 1,
        "answer": "integrated",
        "label": "",
        "reason_code": None,
        "text": None,
        "guidance": f"La Caf a pris cette déclaration en compte : {states.SETTLED_WAY_ON}",
        "way_on": "none",
        "answered_at": "2026-09-10T08:00:00Z",
    }
    page = shown(browser, services, "integrated", transmissions=[{**TRANSMISSION, "answer": settled}])
    assert page.count("appelez votre Caf") == 1
    assert "écrivez à votre Caf" not in page


def test_a_first_draft_and_a_correction_have_two_names() -> None:
    assert states.label(State.DRAFT, 1) == "Brouillon"
    assert [states.label(state, 2) for state in State if state is not State.DRAFT] == [
        states.LABELS[state] for state in State if state is not State.DRAFT
    ]
