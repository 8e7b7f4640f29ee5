"""Delegates in the portal: what the administrator does, and what a delegate is shown."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from portal_stand_ins import ACCOUNT, COLLEAGUE, DELEGATE, GROUP, ORGANISATION, FakeServices, SignIn, problem
from webui.testing import page_checks, parse

USERS = f"/api/habilitation/v1/organisations/{ORGANISATION}/users"
HERE = f"/habilitations/utilisateurs/{COLLEAGUE}/delegation"


def send(browser: FlaskClient, path: str, **typed: Any) -> Any:
    page = parse(browser.get(path).text)
    kept = {e.get("name"): e.get("value") for e in page if e.get("type") == "hidden" and e.inside("main")}
    return browser.post(path, data={**kept, **typed})


def role(services: FakeServices, name: str) -> None:
    services.on("GET", "/api/habilitation/v1/me/access", {"role": name, "organisation_name": "Régie des Lices"})


@pytest.mark.parametrize("name", ["delegate", "user"])
def test_only_the_administrator_is_offered_delegations_groups_and_the_journal(
    sign_in: SignIn, services: FakeServices, name: str
) -> None:
    role(services, name)
    browser = sign_in()
    page = browser.get("/habilitations").text
    assert page_checks(page) == []
    for hidden in ("delegation", "groupes/nouveau", "habilitations/journal"):
        assert hidden not in page
    assert ("utilisateurs/nouveau" in page) is (name == "delegate")
    for path in (HERE, f"/habilitations/utilisateurs/{DELEGATE}/delegation/retrait"):
        assert browser.get(path).status_code == 404
    assert not [call for call in services.calls if call.method == "POST"]


def test_nobody_is_offered_what_the_service_says_they_do_not_manage(sign_in: SignIn) -> None:
    browser = sign_in()
    for path in (f"/habilitations/utilisateurs/{ACCOUNT}/delegation", f"{HERE}/retrait"):
        assert browser.get(path).status_code == 404


def test_a_new_user_is_offered_only_the_groups_that_can_be_given(sign_in: SignIn, services: FakeServices) -> None:
    shown = {"label": "Agence", "automatic": False, "scopes": [{"housing_type": "private", "zone": "35"}]}
    given = {**shown, "id": GROUP, "assignable": True}
    other = {**shown, "id": ORGANISATION, "assignable": False}
    services.on("GET", f"/api/habilitation/v1/organisations/{ORGANISATION}/groups", {"items": [given, other]})
    page = parse(sign_in().get("/habilitations/utilisateurs/nouveau").text)
    assert [e.get("value") for e in page if e.get("name") == "groups"] == [GROUP]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ({"extent": "all", "groups": GROUP}, {"all_groups": True, "groups": []}),
        ({"extent": "some", "groups": GROUP}, {"all_groups": False, "groups": [GROUP]}),
        ({"extent": "all", "reason": " Agence "}, {"all_groups": True, "groups": [], "reason": "Agence"}),
    ],
)
def test_the_administrator_designates_for_all_groups_or_some(
    sign_in: SignIn, services: FakeServices, typed: dict[str, str], sent: dict[str, Any]
) -> None:
    browser = sign_in()
    assert HERE in browser.get("/habilitations").text
    assert send(browser, HERE, **typed).status_code == 303
    assert services.sent("POST", f"{USERS}/{COLLEAGUE}/delegation") == [sent]


def test_what_is_refused_is_said_at_its_field(sign_in: SignIn, services: FakeServices) -> None:
    refusal = {"pointer": "/groups", "detail": "Choisissez tous les groupes, ou cochez-en au moins un."}
    services.on("POST", f"{USERS}/{COLLEAGUE}/delegation", problem(422, errors=[refusal]))
    browser = sign_in()
    for typed, field in (({}, "#extent"), ({"extent": "some"}, "#groups")):
        answer = send(browser, HERE, **typed)
        assert answer.status_code == 422
        assert page_checks(answer.text) == []
        assert field in {e.get("href") for e in parse(answer.text) if e.tag == "a"}


def test_a_delegate_is_shown_with_their_groups_and_withdrawn_with_a_reason(
    sign_in: SignIn, services: FakeServices
) -> None:
    browser = sign_in()
    row = next(e.words for e in parse(browser.get("/habilitations").text) if e.tag == "tr" and "Kerbrat" in e.words)
    assert "Responsable pour\u00a0: Logements privés, 35" in row
    path = f"/habilitations/utilisateurs/{DELEGATE}/delegation/retrait"
    assert path in browser.get(f"/habilitations/utilisateurs/{DELEGATE}/delegation").text
    assert send(browser, path, reason="Change de poste").status_code == 303
    assert services.sent("POST", f"{USERS}/{DELEGATE}/delegation-withdrawal") == [{"reason": "Change de poste"}]
