"""Groups that an administrator adds: zones of the official list, where there are dwellings; a name of its own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from chassis import ids

BASE = "/api/habilitation/v1"


@pytest.fixture
def administrator(world: Any) -> UUID:
    account_id = ids.new_id()
    world.activate(account_id)
    return account_id


def add(world: Any, administrator: UUID, label: str, zone: str, key: str) -> Any:
    url = f"{BASE}/organisations/{world.organisation_id}/groups"
    body = {"label": label, "scopes": [{"housing_type": "private", "zone": zone}]}
    return world.harness.client.post(url, headers={**world.headers(administrator), "Idempotency-Key": key}, json=body)


@pytest.mark.parametrize("zone", ["35", "22", "FR", "35238", "22278"])
def test_a_zone_where_the_organisation_has_dwellings_is_taken(world: Any, administrator: UUID, zone: str) -> None:
    assert add(world, administrator, "Agence", zone, "k1").status_code == 201


@pytest.mark.parametrize("zone", ["44", "44109", "2A", "35999", "99", "97105", "fr", ""])
def test_a_zone_without_dwellings_or_outside_the_official_list_is_refused(
    world: Any, administrator: UUID, zone: str
) -> None:
    answer = add(world, administrator, "Agence", zone, "k1")
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/scopes/0/zone"
    assert "22, 35" in error["rule"]
    assert [row for row in world.harness.rows("group_scope") if row["zone"] == zone] == []


def test_the_zones_to_choose_from_are_the_departements_of_the_portfolio(world: Any, administrator: UUID) -> None:
    url = f"{BASE}/organisations/{world.organisation_id}/zones"
    answer = world.harness.client.get(url, headers=world.headers(administrator))
    assert [item["zone"] for item in answer.json()["items"]] == ["22", "35", "FR"]
    second = ids.new_id()
    world.activate(second)
    assert world.harness.client.get(url, headers=world.headers(second)).status_code == 403


@pytest.mark.parametrize("label", ["Agence de Rennes", "  agence  de RENNES ", "Logements privés – département 35"])
def test_two_groups_of_one_organisation_do_not_have_one_name(world: Any, administrator: UUID, label: str) -> None:
    assert add(world, administrator, "Agence de Rennes", "35", "k1").status_code == 201
    answer = add(world, administrator, label, "22", "k2")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/label")
    other = world.harness.rows("organisation")
    assert len(other) == 1


def test_of_ten_who_add_one_name_together_one_does(world: Any, administrator: UUID) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda n: add(world, administrator, "Agence", "35", f"k{n}").status_code, range(10)))
    assert sorted(answers) == [201] + [422] * 9


def test_the_group_of_a_new_departement_appears_even_when_its_name_is_taken(world: Any, administrator: UUID) -> None:
    add(world, administrator, "Logements privés – département 56", "35", "k1")
    world.portfolio(2, ("private", "35"), ("conventioned", "22"), ("private", "56"))
    labels = sorted(row["label"] for row in world.harness.rows("group"))
    assert labels[-2:] == ["Logements privés – département 56", "Logements privés – département 56 (2)"]
