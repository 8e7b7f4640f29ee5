"""Who may not comes first in each group of tests."""

from typing import Any
from uuid import UUID

import pytest
from chassis import ids

BASE = "/api/habilitation/v1"
NEW_USER = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "n.legoff@lices.example"}


@pytest.fixture
def administrator(world: Any) -> UUID:
    account_id = ids.new_id()
    world.activate(account_id)
    return account_id


def groups(world: Any, administrator: UUID) -> list[str]:
    answer = world.harness.client.get(
        f"{BASE}/organisations/{world.organisation_id}/groups", headers=world.headers(administrator)
    )
    return [group["id"] for group in answer.json()["items"]]


def create(world: Any, headers: dict[str, str], body: dict[str, Any], key: str = "k1", organisation: Any = None) -> Any:
    path = f"{BASE}/organisations/{organisation or world.organisation_id}/users"
    return world.harness.client.post(path, headers={**headers, "Idempotency-Key": key}, json=body)


@pytest.mark.parametrize(
    "path",
    [
        "/me/access",
        "/organisations/{id}",
        "/organisations/{id}/groups",
        "/organisations/{id}/users",
        "/organisations/{id}/journal",
    ],
)
def test_nobody_reads_without_a_token(world: Any, path: str) -> None:
    answer = world.harness.client.get(BASE + path.format(id=world.organisation_id))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["", "/groups", "/users", "/journal"])
def test_a_foreign_organisation_does_not_exist(world: Any, path: str) -> None:
    stranger = world.harness.headers(sub=ids.new_id(), org=ids.new_id())
    url = f"{BASE}/organisations/{world.organisation_id}{path}"
    unknown = f"{BASE}/organisations/{ids.new_id()}{path}"
    assert world.harness.client.get(url, headers=stranger).status_code == 404
    assert (
        world.harness.client.get(url, headers=stranger).json()
        == world.harness.client.get(unknown, headers=stranger).json()
    )


def test_an_agent_sees_the_organisations_of_their_caf_only(world: Any) -> None:
    url = f"{BASE}/organisations/{world.organisation_id}"
    assert world.harness.client.get(url, headers=world.harness.headers(kind="agent", caf="220")).status_code == 404
    assert world.harness.client.get(url, headers=world.harness.headers(kind="agent", caf="359")).status_code == 200


def test_someone_who_is_not_administrator_creates_nobody(world: Any, administrator: UUID) -> None:
    second = ids.new_id()
    world.activate(second)
    body = {**NEW_USER, "groups": groups(world, administrator)[:1]}
    assert create(world, world.headers(second), body).status_code == 403
    assert create(world, world.headers(ids.new_id()), body, organisation=ids.new_id()).status_code == 404
    assert len(world.harness.rows("member")) == 2


def test_my_access_tells_role_and_perimeter(world: Any, administrator: UUID) -> None:
    answer = world.harness.client.get(f"{BASE}/me/access", headers=world.headers(administrator))
    assert answer.status_code == 200
    assert answer.json()["role_label"] == "Administrateur"
    assert {"housing_type": "private", "zone": "35"} in answer.json()["scopes"]


def test_creating_a_user_asks_for_credentials_once_even_when_sent_twice(world: Any, administrator: UUID) -> None:
    body = {**NEW_USER, "groups": groups(world, administrator)[:1]}
    first = create(world, world.headers(administrator), body)
    second = create(world, world.headers(administrator), body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    created = world.harness.published("habilitation.user_created.v1")
    assert [event.personal["email"] for event in created] == [NEW_USER["email"]]


def test_the_same_key_for_another_user_is_refused(world: Any, administrator: UUID) -> None:
    body = {**NEW_USER, "groups": groups(world, administrator)[:1]}
    create(world, world.headers(administrator), body)
    assert create(world, world.headers(administrator), {**body, "last_name": "Autre"}).status_code == 422


def test_a_group_of_another_organisation_cannot_be_ticked(world: Any, administrator: UUID) -> None:
    answer = create(world, world.headers(administrator), {**NEW_USER, "groups": [str(ids.new_id())]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/groups"
    assert len(world.harness.rows("member")) == 1


def test_every_bad_field_is_named_at_once_with_its_rule(world: Any, administrator: UUID) -> None:
    answer = create(world, world.headers(administrator), {"civility": "Dr", "email": "nope", "age": 3})
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert answer.status_code == 400
    assert pointers == {"/civility", "/email", "/age", "/last_name", "/first_name", "/groups"}
    assert "nope" not in answer.text


def test_a_group_of_several_zones_is_added_and_journaled(world: Any, administrator: UUID) -> None:
    scopes = [{"housing_type": "private", "zone": "35238"}, {"housing_type": "conventioned", "zone": "22"}]
    answer = world.harness.client.post(
        f"{BASE}/organisations/{world.organisation_id}/groups",
        headers={**world.headers(administrator), "Idempotency-Key": "g1"},
        json={"label": "Agence de Rennes", "scopes": scopes},
    )
    assert answer.status_code == 201
    lines = world.harness.client.get(
        f"{BASE}/organisations/{world.organisation_id}/journal", headers=world.headers(administrator)
    ).json()["items"]
    assert [line["action"] for line in lines] == ["group.created", "administrator.designated"]
    assert world.harness.published("habilitation.access_changed.v1")[-1].data["version"] == 2
