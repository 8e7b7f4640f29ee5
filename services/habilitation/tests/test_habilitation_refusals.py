"""What administrators may not do, and what stays untouched when they try."""

from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from chassis.testing.plugin import HarnessFactory
from habilitation.app import service

BASE = "/api/habilitation/v1"
NEW_USER = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "n.legoff@lices.example"}
RENNES = {"label": "Agence de Rennes", "scopes": [{"housing_type": "private", "zone": "35238"}]}


@pytest.fixture
def administrator(world: Any) -> UUID:
    account_id = ids.new_id()
    world.activate(account_id)
    return account_id


def post(world: Any, account_id: UUID, path: str, body: dict[str, Any], key: str = "k1") -> Any:
    url = f"{BASE}/organisations/{world.organisation_id}{path}"
    return world.harness.client.post(url, headers={**world.headers(account_id), "Idempotency-Key": key}, json=body)


@pytest.mark.parametrize("path", ["/users", "/groups"])
def test_what_creates_needs_an_idempotency_key(world: Any, administrator: UUID, path: str) -> None:
    url = f"{BASE}/organisations/{world.organisation_id}{path}"
    answer = world.harness.client.post(url, headers=world.headers(administrator), json={})
    assert answer.status_code == 400
    assert "/header/Idempotency-Key" in {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"label": ""}, 400, "/label"),
        ({"label": "x" * 121}, 400, "/label"),
        ({"label": "Agence\u202e de Rennes"}, 400, "/label"),
        ({"scopes": []}, 400, "/scopes"),
        ({"scopes": [{"housing_type": "castle", "zone": "35"}]}, 400, "/scopes/0/housing_type"),
        ({"scopes": [{"housing_type": "private", "zone": "2C"}]}, 422, "/scopes/0/zone"),
        ({"scopes": [{"housing_type": "private", "zone": "35\n"}]}, 400, "/scopes/0/zone"),
        ({"scopes": [{"housing_type": "private"}]}, 400, "/scopes/0/zone"),
        ({"automatic": True}, 400, "/automatic"),
    ],
)
def test_a_group_that_breaks_a_rule_is_refused_at_its_place(
    world: Any, administrator: UUID, changes: dict[str, Any], status: int, pointer: str
) -> None:
    before = len(world.harness.rows("group"))
    answer = post(world, administrator, "/groups", {**RENNES, **changes})
    assert answer.status_code == status
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert len(world.harness.rows("group")) == before


def test_an_agent_reads_an_organisation_but_does_not_manage_it(world: Any) -> None:
    agent = {**world.harness.headers(kind="agent", caf="359"), "Idempotency-Key": "k1"}
    url = f"{BASE}/organisations/{world.organisation_id}"
    assert world.harness.client.get(f"{url}/groups", headers=agent).status_code == 200
    assert world.harness.client.post(f"{url}/groups", headers=agent, json=RENNES).status_code == 403
    assert world.harness.client.get(f"{url}/journal", headers=agent).status_code == 403


def test_a_supervisor_reads_every_organisation(world: Any) -> None:
    headers = world.harness.headers(kind="agent", caf="000", supervisor=True)
    assert world.harness.client.get(f"{BASE}/organisations/{world.organisation_id}", headers=headers).status_code == 200


def test_before_the_first_sign_in_was_heard_of_there_are_no_rights(world: Any) -> None:
    answer = world.harness.client.get(f"{BASE}/me/access", headers=world.headers(ids.new_id()))
    assert answer.status_code == 404
    assert "pas encore" in answer.json()["detail"]


def test_a_new_user_gets_the_rights_of_the_ticked_groups_after_signing_in(world: Any, administrator: UUID) -> None:
    group = post(world, administrator, "/groups", RENNES).json()
    user = post(world, administrator, "/users", {**NEW_USER, "groups": [group["id"]]}, "k2").json()
    world.activate(UUID(user["account_id"]), "Le Goff")
    access = world.harness.client.get(f"{BASE}/me/access", headers=world.headers(UUID(user["account_id"]))).json()
    assert access["role"] == "user"
    assert access["scopes"] == [{"housing_type": "private", "zone": "35238"}]


def test_names_travel_sealed_and_stay_out_of_the_journal(world: Any, administrator: UUID) -> None:
    group = post(world, administrator, "/groups", RENNES).json()
    post(world, administrator, "/users", {**NEW_USER, "groups": [group["id"]]}, "k2")
    kept = str(world.harness.rows("outbox")) + str(world.harness.rows("journal"))
    assert "Le Goff" not in kept
    assert "n.legoff" not in kept


def test_the_same_event_received_twice_tells_the_same_rights_once(harness: HarnessFactory, sqlite_url: str) -> None:
    here = harness(service, sqlite_url)
    event = here.deliver(
        "registry.portfolio_changed.v1",
        {
            "organisation_id": str(ids.new_id()),
            "scopes": [{"housing_type": "private", "departement": "35"}],
            "version": 1,
        },
    )
    here.deliver_envelope(event.to_envelope(here.runtime.settings))
    assert len(here.rows("group")) == 1
    assert len(here.rows("inbox")) == 1
