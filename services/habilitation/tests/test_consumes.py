from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import time_machine
from chassis import clock, ids

ACCESS = "habilitation.access_changed.v1"


def test_groups_exist_from_the_start_one_per_type_and_departement(world: Any) -> None:
    labels = sorted(group["label"] for group in world.harness.rows("group"))
    assert labels == ["Logements conventionnés – département 22", "Logements privés – département 35"]


def test_a_new_departement_makes_its_group_appear_and_the_administrator_gets_it(world: Any) -> None:
    administrator = ids.new_id()
    world.activate(administrator)
    world.portfolio(2, ("private", "35"), ("conventioned", "22"), ("private", "56"))
    scopes = world.harness.published(ACCESS)[-1].data["scopes"]
    assert {"housing_type": "private", "zone": "56"} in scopes
    assert len(world.harness.rows("group")) == 3


def test_an_older_portfolio_arriving_late_changes_nothing(world: Any) -> None:
    world.portfolio(3, ("private", "35"), ("conventioned", "22"), ("private", "56"))
    world.portfolio(2, ("private", "29"))
    assert len(world.harness.rows("group")) == 3


def test_a_portfolio_may_arrive_before_its_landlord(world: Any) -> None:
    world.organisation_id = ids.organisation_id(user_number="35900007090002")
    world.portfolio(1, ("private", "35"))
    world.register(user_number="35900007090002")
    names = {row["id"]: row["name"] for row in world.harness.rows("organisation")}
    assert names[world.organisation_id] == "REGIE DES LICES"


def test_an_older_name_of_the_organisation_arriving_late_changes_nothing(world: Any) -> None:
    earlier = clock.now() - timedelta(hours=1)
    with time_machine.travel(earlier, tick=False):
        world.register(user_number="22900007090003", caf_code="229", name="ANCIENNE REGIE")
    assert [row["name"] for row in world.harness.rows("organisation")] == ["REGIE DES LICES"]
    assert {row["caf_code"] for row in world.harness.rows("organisation_caf")} == {"229", "359"}
    world.register(name="REGIE DU MAIL")
    assert [row["name"] for row in world.harness.rows("organisation")] == ["REGIE DU MAIL"]


def test_another_caf_of_the_same_organisation_does_not_name_it(world: Any) -> None:
    world.register(user_number="56900000700001", caf_code="569", name="INTRUS")
    assert [row["name"] for row in world.harness.rows("organisation")] == ["REGIE DES LICES"]
    assert {row["caf_code"] for row in world.harness.rows("organisation_caf")} == {"359", "569"}


def test_an_event_of_another_caf_for_a_known_number_changes_nothing(world: Any) -> None:
    tables = ("organisation", "organisation_caf", "user_number")
    before = {name: world.harness.rows(name) for name in tables}
    world.register(caf_code="569", name="INTRUS")
    assert {name: world.harness.rows(name) for name in tables} == before


def test_a_landlord_that_was_moved_is_seen_and_named_by_its_new_caf_alone(world: Any) -> None:
    world.register(caf_code="569", name="REGIE DU PORT", version=2, moves=1)
    assert {row["caf_code"] for row in world.harness.rows("organisation_caf")} == {"569"}
    assert [row["name"] for row in world.harness.rows("organisation")] == ["REGIE DU PORT"]
    world.register(version=3)
    assert {row["caf_code"] for row in world.harness.rows("organisation_caf")} == {"569"}


def test_the_first_person_is_administrator_and_the_second_is_not(world: Any) -> None:
    first, second = ids.new_id(), ids.new_id()
    world.activate(first)
    world.activate(second)
    roles = {event.data["account_id"]: event.data["role"] for event in world.harness.published(ACCESS)}
    assert roles == {str(first): "administrator", str(second): "user"}


def test_of_twenty_people_arriving_together_exactly_one_is_administrator(world: Any) -> None:
    people = [ids.new_id() for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(world.activate, people))
    mandates = world.harness.rows("administrator_term")
    assert len(mandates) == 1
    assert mandates[0]["account_id"] in people
    told = [event.data["role"] for event in world.harness.published(ACCESS)]
    assert told.count("administrator") == 1
    assert [line["action"] for line in world.harness.rows("journal")] == ["administrator.designated"]


def test_an_agent_who_signs_in_belongs_to_no_organisation(world: Any) -> None:
    data = {
        "account_id": str(ids.new_id()),
        "organisation_id": None,
        "caf_code": "359",
        "kind": "agent",
        "activated_at": "2026-07-01T08:00:00Z",
        "version": 1,
    }
    person = {"civility": "M.", "last_name": "Petit", "first_name": "Luc", "email": "l@caf.example"}
    world.harness.deliver("identity.account_activated.v1", data, person)
    assert world.harness.rows("member") == []
