"""One person, one account, the départements of the Caf's registry: nothing of theirs is shared with anybody."""

from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from chassis.testing.plugin import HarnessFactory
from habilitation.models import Group, GroupScope, Membership

BASE = "/api/habilitation/v1"
NEW_USER = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "n.legoff@lices.example"}
NEW_GROUP = {"label": "Vacances", "scopes": [{"housing_type": "private", "zone": "35"}]}
SOMEONE = "01973f50-0000-7000-8000-000000000002"
ACCESS = "habilitation.access_changed.v1"


@pytest.fixture
def owner(world: Any) -> UUID:
    """The person, signed in; `world` is their organisation."""
    world.organisation_id = ids.organisation_id(user_number="35900007090009")
    world.register(user_number="35900007090009", name="DURAND ANNE", kind="natural_person")
    world.portfolio(1, ("private", "35"))
    account_id = ids.new_id()
    world.activate(account_id)
    return account_id


def test_their_access_says_what_they_are_and_no_more_than_the_registry(world: Any, owner: UUID) -> None:
    access = world.harness.client.get(f"{BASE}/me/access", headers=world.headers(owner)).json()
    assert access["organisation_kind"] == "natural_person"
    assert access["scopes"] == [{"housing_type": "private", "zone": "35"}]


@pytest.mark.parametrize("path", ["/groups", "/users", "/journal", "/zones"])
@pytest.mark.parametrize("who", ["owner", "agent"])
def test_users_and_groups_do_not_exist_for_them(world: Any, owner: UUID, path: str, who: str) -> None:
    headers = world.headers(owner) if who == "owner" else world.harness.headers(kind="agent", caf="359")
    answer = world.harness.client.get(f"{BASE}/organisations/{world.organisation_id}{path}", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:bailleurs:problem:not-found")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/groups", NEW_GROUP),
        ("/users", {**NEW_USER, "groups": [SOMEONE]}),
        (f"/users/{SOMEONE}/credentials", None),
        (f"/users/{SOMEONE}/withdrawal", {}),
        (f"/users/{SOMEONE}/delegation", {"all_groups": True}),
        (f"/users/{SOMEONE}/delegation-withdrawal", {}),
    ],
)
def test_nothing_of_it_can_be_done_by_program(world: Any, owner: UUID, path: str, body: Any) -> None:
    url = f"{BASE}/organisations/{world.organisation_id}{path}"
    headers = {**world.headers(owner), "Idempotency-Key": "k1"}
    before = {table: len(world.harness.rows(table)) for table in ("group", "member")}
    assert world.harness.client.post(url, headers=headers, json=body).status_code == 404
    assert {table: len(world.harness.rows(table)) for table in before} == before


def test_rights_that_were_widened_go_back_to_the_registry_s_and_everyone_is_told(world: Any, owner: UUID) -> None:
    with world.harness.runtime.transaction() as session:
        group = Group(id=ids.new_id(), organisation_id=world.organisation_id, label="Nantes", automatic=False)
        group.label_key = "nantes"
        session.add(group)
        session.flush()
        session.add(GroupScope(group_id=group.id, housing_type="private", zone="44"))
        session.add(Membership(account_id=owner, group_id=group.id))
    told = len(world.harness.published(ACCESS))
    for _ in range(2):
        world.harness.runtime.service.on_start(world.harness.runtime)
    after = world.harness.published(ACCESS)[told:]
    assert [event.data["scopes"] for event in after] == [[{"housing_type": "private", "zone": "35"}]]
    assert [row["label"] for row in world.harness.rows("group") if row["id"] == group.id] == []
    removed = [line for line in world.harness.rows("journal") if line["action"] == "group.removed"]
    assert [(line["actor"], line["before"]["label"]) for line in removed] == [("system", "Nantes")]


def test_an_organisation_said_to_be_a_person_afterwards_loses_what_it_had_added(
    harness: HarnessFactory, database_url: str, world: Any
) -> None:
    with world.harness.runtime.transaction() as session:
        group = Group(id=ids.new_id(), organisation_id=world.organisation_id, label="Nantes", automatic=False)
        group.label_key = "nantes"
        session.add(group)
        session.flush()
        session.add(GroupScope(group_id=group.id, housing_type="private", zone="44"))
    world.register(kind="natural_person")
    assert "Nantes" not in {row["label"] for row in world.harness.rows("group")}
