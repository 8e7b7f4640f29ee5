"""A person whom identity has suspended: no right is left anywhere until they are restored."""

from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids

BASE = "/api/habilitation/v1"
ACCESS = "habilitation.access_changed.v1"


def standing(world: Any, account_id: UUID, fact: str, version: int, **changes: Any) -> None:
    data = {
        "account_id": str(account_id),
        "organisation_id": str(world.organisation_id),
        "caf_code": None,
        "kind": "landlord",
        f"{fact}_at": clock.iso(clock.now()),
        "version": version,
    }
    world.harness.deliver(f"identity.account_{fact}.v1", {**data, **changes})


def told(world: Any) -> list[tuple[bool, int]]:
    return [(event.data["active"], event.data["version"]) for event in world.harness.published(ACCESS)]


def statuses(world: Any, account_id: UUID) -> set[int]:
    mine = f"{BASE}/organisations/{world.organisation_id}"
    paths = (f"{BASE}/me/access", mine, f"{mine}/groups", f"{mine}/users", f"{mine}/journal")
    return {world.harness.client.get(path, headers=world.headers(account_id)).status_code for path in paths}


def test_a_suspended_person_sees_nothing_with_a_token_that_still_lives(world: Any) -> None:
    person = ids.new_id()
    world.activate(person)
    assert statuses(world, person) == {200}
    standing(world, person, "suspended", 2)
    assert statuses(world, person) == {403}
    standing(world, person, "restored", 3)
    assert statuses(world, person) == {200}


def test_a_suspended_administrator_manages_nobody(world: Any) -> None:
    person = ids.new_id()
    world.activate(person)
    standing(world, person, "suspended", 2)
    url = f"{BASE}/organisations/{world.organisation_id}/groups"
    body = {"label": "Rennes", "scopes": [{"housing_type": "private", "zone": "35"}]}
    headers = {**world.headers(person), "Idempotency-Key": "k1"}
    assert world.harness.client.post(url, headers=headers, json=body).status_code == 403


def test_others_are_told_at_once_and_only_of_what_is_newer(world: Any) -> None:
    person = ids.new_id()
    world.activate(person)
    before = told(world)[-1][1]
    standing(world, person, "restored", 5)
    standing(world, person, "suspended", 4)
    standing(world, person, "suspended", 5)
    standing(world, person, "suspended", 6)
    standing(world, person, "restored", 7)
    assert told(world)[-3:] == [(True, before + 1), (False, before + 2), (True, before + 3)]


def test_someone_suspended_before_the_first_sign_in_gets_no_right_by_it(world: Any) -> None:
    person = ids.new_id()
    standing(world, person, "suspended", 3)
    assert told(world) == []
    world.activate(person)
    assert [active for active, _version in told(world)] == [False]
    assert statuses(world, person) == {403}


@pytest.mark.parametrize("fact", ["suspended", "restored"])
def test_an_agent_s_standing_is_no_business_of_habilitation(world: Any, fact: str) -> None:
    standing(world, ids.new_id(), fact, 2, kind="agent", organisation_id=None, caf_code="359")
    assert told(world) == []
