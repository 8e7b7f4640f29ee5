"""Whom a user number of a file belongs to: the Caf that registered it first, whatever another Caf's file says."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.plugin import HarnessFactory
from declaration.app import service
from declaration.registry import errors, import_path, jobs
from declaration_cases import LINE, PERSON

REGISTERED = "registry.landlord_registered.v1"
TABLES = ("landlord", "dwelling", "tenancy", "portfolio")
STRANGER = {
    **PERSON,
    "caf_code": "569",
    "last_name": "INTRUS",
    "first_name": "Ivan",
    "email": "intrus@ailleurs.example",
    "dwelling_ref": "T9",
    "commune_insee": "56260",
    "tenant_number": "5551299A",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.containers)])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]))


def kept(world: Any) -> dict[str, Any]:
    return {name: world.harness.rows(name) for name in TABLES}


def test_a_user_number_of_another_caf_is_an_error_of_its_line_and_changes_nothing(world: Any) -> None:
    world.hand_over(PERSON)
    before, told = kept(world), len(world.harness.published())
    done, wrong = world.hand_over(STRANGER, {**STRANGER, "user_number": "35900007090009"}, caf="569")
    assert (wrong, done["lines_good"], done["lines_bad"]) == ([(2, "user_number")], 1, 1)
    landlords = kept(world)["landlord"]
    assert [row for row in landlords if row["user_number"] == PERSON["user_number"]] == before["landlord"]
    [other] = [event.data for event in world.harness.published()[told:] if event.type == REGISTERED]
    assert (other["caf_code"], other["user_number"]) == ("569", "35900007090009")
    # Again, with other words: it stays with the Caf that has it.
    assert world.hand_over({**STRANGER, "email": "intrus2@ailleurs.example"}, caf="569")[1] == [(2, "user_number")]


def test_the_refusal_tells_nothing_of_whose_the_number_is(world: Any) -> None:
    world.hand_over(PERSON)
    done, _ = world.hand_over(STRANGER, caf="569")
    [error] = world.get(f"/registry-imports/{done['id']}/errors", world.agent("569")).json()["items"]
    said = " ".join(error[name] for name in ("rule", "message"))
    assert not [word for word in ("359", "MARTIN", "Zoé", "existe", "autre Caf") if word in said]
    assert done["created"] == done["updated"] == {"landlords": 0, "dwellings": 0, "tenancies": 0}


def test_of_two_cafs_in_one_file_the_first_line_has_the_number(world: Any) -> None:
    mine = {**PERSON, "user_number": "35900007090003"}
    lines = (mine, {**STRANGER, "user_number": mine["user_number"]}, {**mine, "dwelling_ref": "L-2"}, LINE, STRANGER)
    done, wrong = world.hand_over(*lines, supervisor=True)
    assert (wrong, done["lines_good"], done["lines_merged"]) == ([(3, "user_number")], 4, 4)
    # What is registered goes before what stands first.
    done, wrong = world.hand_over({**STRANGER, "user_number": mine["user_number"]}, mine, supervisor=True)
    assert (wrong, done["lines_good"]) == ([(2, "user_number")], 1)
    owners = {row["user_number"]: row["caf_code"] for row in world.harness.rows("landlord")}
    assert owners == {LINE["user_number"]: "359", mine["user_number"]: "359", STRANGER["user_number"]: "569"}


def test_a_siret_of_another_caf_adds_its_own_number_and_dwelling_alone(world: Any) -> None:
    world.hand_over({})
    before = world.harness.rows("landlord")
    other = {"caf_code": "569", "user_number": "56900000700001", "landlord_name": "AUTRE NOM", "email": "a@b.example"}
    done, wrong = world.hand_over({**other, "commune_insee": "56260"}, caf="569")
    assert (wrong, done["created"]["landlords"]) == ([], 1)
    assert [row for row in world.harness.rows("landlord") if row["caf_code"] == "359"] == before
    assert {row["organisation_id"] for row in world.harness.rows("landlord")} == {world.organisation_id}


def test_the_dwelling_and_the_tenant_that_a_line_names_are_those_of_its_own_landlord(world: Any) -> None:
    world.hand_over({})
    before = {name: world.harness.rows(name) for name in ("dwelling", "tenancy")}
    # The same reference and number at another landlord of the same Caf, and of another: others, with the same words.
    for caf, number in (("359", "35900007090008"), ("569", "56900000700008")):
        line = {**STRANGER, "caf_code": caf, "user_number": number}
        line |= {name: LINE[name] for name in ("dwelling_ref", "tenant_number")}
        done, wrong = world.hand_over({**line, "lease_start": "2015-01-01", "previous_rent": "1.00"}, caf=caf)
        assert (wrong, done["created"]) == ([], {"landlords": 1, "dwellings": 1, "tenancies": 1})
    for name, rows in before.items():
        assert [row for row in world.harness.rows(name) if row["id"] == rows[0]["id"]] == rows


def test_errors_of_lines_come_in_the_order_of_the_file_and_only_the_first_are_kept(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SLICE", {"postgresql": 4, "sqlite": 4})
    monkeypatch.setattr(errors, "KEPT", 6)
    numbers = [f"{35900007090010 + place}" for place in range(8)]
    world.hand_over(*[{**PERSON, "user_number": number} for number in numbers])
    bad = {**STRANGER, "siret": "1", "lease_start": "hier"}
    lines = [{**STRANGER, "user_number": number} for number in numbers]
    lines[3:3] = [bad]
    _, wrong = world.hand_over(*lines, caf="569")
    assert [line for line, _ in wrong] == [2, 3, 4, 5, 5, 6]


@pytest.mark.containers
def test_two_cafs_that_bring_one_number_at_the_same_moment_leave_it_to_one(
    harness: HarnessFactory, postgres_url: str, make_world: Any, tmp_path: Path
) -> None:
    world = make_world(harness(service, postgres_url), tmp_path)
    numbers = [f"{number:014}" for number in range(40)]
    paths = [
        world.file(*[{**PERSON, "caf_code": caf, "user_number": number} for number in numbers], name=f"{caf}.csv")
        for caf in ("359", "569")
    ]
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda path: import_path(world.harness.runtime, path, "test"), paths))
    assert sum(report["created"]["landlords"] for report in reports) == 40
    assert [report["lines_good"] + report["lines_bad"] for report in reports] == [40, 40]
    assert sum(report["lines_bad"] for report in reports) == 40
    assert len(world.harness.rows("dwelling")) == len(world.harness.rows("landlord")) == 40
