"""A person whose account the Caf has closed: no right is left, in whatever order it is learnt."""

from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids

BASE = "/api/habilitation/v1"
ACCESS = "habilitation.access_changed.v1"


def closed(world: Any, account_id: UUID, **changes: Any) -> None:
    data = {
        "account_id": str(account_id),
        "organisation_id": str(world.organisation_id),
        "caf_code": None,
        "kind": "landlord",
        "closed_at": clock.iso(clock.now()),
        "version": 9,
    }
    world.harness.deliver("identity.account_closed.v1", {**data, **changes})


def test_an_agent_s_account_is_no_business_of_habilitation(world: Any) -> None:
    closed(world, ids.new_id(), kind="agent", organisation_id=None, caf_code="359")
    assert world.harness.rows("member") == []


def test_the_person_has_no_right_left_and_the_journal_says_it_once(world: Any) -> None:
    administrator, person = ids.new_id(), ids.new_id()
    for account_id in (administrator, person):
        world.activate(account_id)
    for _ in range(2):
        closed(world, person)
    told = [event.data for event in world.harness.published(ACCESS) if event.data["account_id"] == str(person)]
    assert [one["active"] for one in told] == [True, False]
    assert world.harness.client.get(f"{BASE}/me/access", headers=world.headers(person)).status_code == 403
    url = f"{BASE}/organisations/{world.organisation_id}"
    assert world.harness.client.get(f"{url}/users", headers=world.headers(person)).status_code == 403
    lines = world.harness.client.get(f"{url}/journal", headers=world.headers(administrator)).json()["items"]
    assert [line["subject"] for line in lines if line["action"] == "user.account_closed"] == [str(person)]


@pytest.mark.parametrize("first", [True, False])
def test_an_activation_that_comes_late_makes_nobody_administrator(world: Any, first: bool) -> None:
    person, next_one = ids.new_id(), ids.new_id()
    if not first:
        world.activate(ids.new_id())
    closed(world, person)
    world.activate(person)
    assert world.harness.published(ACCESS)[-1].data["active"] is False
    world.activate(next_one)
    assert world.harness.published(ACCESS)[-1].data["role"] == ("administrator" if first else "user")
