"""An agent closes an account: who may not and which may not come first, then what is left of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from identity.supervision import agents
from identity_events import Issued

BASE = "/api/identity/v1"
WHY = {"reason": "Courrier de l’organisme : cette personne n’y travaille plus."}
CLOSED = "identity.account_closed.v1"


def agent(world: Any, caf: str = "359", *, supervisor: bool = False, login: str = "") -> dict[str, str]:
    login = login or f"AGENT{len(world.harness.rows('account'))}"
    agents.add(world.harness.runtime, login=login, caf_code=caf, email=f"{login}@caf.example", supervisor=supervisor)
    found = next(row for row in world.harness.rows("account") if row["login"] == login)
    return dict(world.harness.headers(sub=found["id"], kind="agent", caf=caf, supervisor=supervisor))


def colleague(world: Any, organisation: Any) -> tuple[Any, Issued]:
    """A user whom the administrator made, who has signed in: the browser, and what was sent."""
    data = {"account_id": str(ids.new_id()), "organisation_id": str(organisation), "caf_code": None}
    person = {"civility": "M.", "last_name": "Le Bihan", "first_name": "Yann", "email": "y@lices.example"}
    world.harness.deliver("habilitation.user_created.v1", data, person)
    sent, browser = world.issued()[-1], world.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.complete(email="y@lices.example")
    return browser, sent


def close(world: Any, headers: dict[str, str], account_id: str, body: Any = None) -> Any:
    return world.harness.client.post(
        f"{BASE}/accounts/{account_id}/closing", headers=headers, json=WHY if body is None else body
    )


def role(world: Any, sent: Issued, name: str, version: int = 1, *, active: bool = True) -> None:
    data = {"account_id": sent["account_id"], "organisation_id": sent["organisation_id"], "role": name}
    rights = {"scopes": [], "active": active, "version": version}
    world.harness.deliver("habilitation.access_changed.v1", {**data, **rights})


def test_neither_a_landlord_nor_another_caf_nor_the_agent_s_own_colleague_closes_an_account(world: Any) -> None:
    organisation = world.register()
    _, sent = colleague(world, organisation)
    nobody: dict[str, str] = {}
    landlord = world.harness.headers(sub=ids.new_id(), org=organisation)
    mine = agent(world, login="DUPONT")
    agent(world, login="DURAND")
    fellow = next(str(row["id"]) for row in world.harness.rows("account") if row["login"] == "DURAND")
    assert [close(world, headers, sent["account_id"]).status_code for headers in (nobody, landlord)] == [401, 403]
    foreign, unknown = close(world, agent(world, "353"), sent["account_id"]), close(world, mine, str(ids.new_id()))
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    assert close(world, mine, fellow).status_code == 404
    assert close(world, mine, sent["account_id"], {"reason": "court"}).status_code == 400
    assert world.harness.published(CLOSED) == []


@pytest.mark.parametrize("named", [True, False])
def test_the_account_by_which_an_organisation_comes_in_is_not_closed(world: Any, named: bool) -> None:
    _, sent = world.activated()
    if named:
        role(world, sent, "administrator")
        # Suspended, they are still the one whom the user numbers recover.
        role(world, sent, "administrator", 2, active=False)
    headers = agent(world)
    answer = close(world, headers, sent["account_id"])
    assert answer.status_code == 409
    assert "laisserait l’organisme sans accès" in answer.json()["detail"]
    shown = world.harness.client.get(f"{BASE}/accounts/{sent['account_id']}", headers=headers).json()
    assert shown["closable"] is False
    assert world.harness.rows("supervision_act") == []


def test_a_former_administrator_may_be_closed_once_replaced(world: Any) -> None:
    _, former = world.activated()
    _, successor = colleague(world, former["organisation_id"])
    role(world, former, "administrator")
    role(world, successor, "administrator")
    role(world, former, "user", 2)
    headers = agent(world)
    assert close(world, headers, successor["account_id"]).status_code == 409
    assert close(world, headers, former["account_id"]).status_code == 200


@pytest.mark.parametrize("suspended", [False, True])
def test_a_closed_account_opens_nothing_and_everyone_is_told(world: Any, suspended: bool) -> None:
    browser, sent = colleague(world, world.register())
    here, headers = f"{BASE}/accounts/{sent['account_id']}", agent(world)
    if suspended:
        world.harness.client.post(f"{here}/suspension", headers=headers, json=WHY)
    answer = close(world, headers, sent["account_id"])
    assert (answer.status_code, answer.json()["standing"], answer.json()["open_sessions"]) == (200, "closed", 0)
    assert browser.get("/compte/securite") == "/compte/connexion"
    assert world.browser().sign_in(sent["login"], world.password) == "/compte/connexion"
    [told] = world.harness.published(CLOSED)
    assert (told.data["account_id"], told.data["kind"]) == (sent["account_id"], "landlord")
    notice = world.harness.published("identity.security_notice.v1")[-1]
    assert (notice.data["kind"], notice.personal["email"]) == ("account_closed", "y@lices.example")
    lines = world.harness.client.get(f"{here}/activity", headers=headers).json()["items"]
    assert [(line["reason"], line["own"]) for line in lines if line["kind"] == "account.closed"] == [
        (WHY["reason"], False)
    ]
    assert close(world, headers, sent["account_id"]).status_code == 409


def test_of_two_agents_who_close_together_one_does(world: Any) -> None:
    _, sent = colleague(world, world.register())
    both = [agent(world), agent(world)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda headers: close(world, headers, sent["account_id"]), both))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(world.harness.published(CLOSED)) == 1


def test_a_supervisor_closes_an_agent_s_account_and_no_agent_acts_with_it_any_more(world: Any) -> None:
    _, sent = colleague(world, world.register())
    leaving = agent(world, login="DUPONT")
    account_id = next(row["id"] for row in world.harness.rows("account") if row["login"] == "DUPONT")
    assert close(world, agent(world, supervisor=True), str(UUID(str(account_id)))).status_code == 200
    assert close(world, leaving, sent["account_id"]).status_code == 403
