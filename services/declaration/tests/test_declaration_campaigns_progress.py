"""How far the campaigns are: a Caf's own for its agents, every Caf for a supervisor."""

from typing import Any

import pytest
from chassis import ids
from declaration_cases import INFORMATION, PERSON, RENT, SITUATION

STEPS = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}


def lot(number: int, **changes: str) -> dict[str, str]:
    return {"dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


@pytest.fixture
def two_cafs(world: Any) -> Any:
    """Two tenancies at Caf 359, one of them transmitted, and one at Caf 220."""
    other = {**PERSON, "caf_code": "220", "user_number": "22000000000001"}
    world.register({}, lot(2, housing_type="conventioned"), {**other, **lot(3, commune_insee="22278")})
    world.open_campaign("359")
    world.open_campaign("220")
    transmit(world, world.landlord(("private", "FR")))
    return world


def transmit(world: Any, headers: dict[str, str]) -> str:
    (pending,) = world.declarations(headers, status="to_declare")
    path = f"/declarations/{pending['id']}"
    etag = world.get(path, headers).headers["etag"]
    saved = world.put(f"{path}/draft", headers, STEPS, **{"If-Match": etag})
    assert world.post(f"{path}/transmission", headers, **{"If-Match": saved.headers["etag"]}).status_code == 201
    return path


def test_no_landlord_reads_the_progress_of_cafs(two_cafs: Any, year: int) -> None:
    path = f"/campaigns/{year}/cafs"
    assert two_cafs.get(path, two_cafs.landlord()).status_code == 403
    assert two_cafs.get(path, {}).status_code == 401


def test_an_agent_finds_their_own_caf_only(two_cafs: Any, year: int) -> None:
    told = two_cafs.get(f"/campaigns/{year}/cafs", two_cafs.agent("220")).json()
    assert [each["caf_code"] for each in told["cafs"]] == ["220"]
    assert (told["total"], told["transmitted"], told["unfinished"]) == (1, 0, 1)
    assert [each["departement"] for each in told["departements"]] == ["22"]


def test_a_supervisor_sees_every_caf_and_the_sum_of_them(two_cafs: Any, year: int) -> None:
    told = two_cafs.get(f"/campaigns/{year}/cafs", two_cafs.agent("000", supervisor=True)).json()
    cafs = {each["caf_code"]: (each["phase"], each["total"], each["transmitted"]) for each in told["cafs"]}
    assert cafs == {"220": ("open", 1, 0), "359": ("open", 2, 1)}
    assert (told["total"], told["transmitted"], told["late"], told["unfinished"]) == (3, 1, 0, 2)
    kinds = {each["housing_type"]: (each["total"], each["transmitted"]) for each in told["housing_types"]}
    assert kinds == {"private": (2, 1), "conventioned": (1, 0)}
    assert sum(each["total"] for each in told["departements"]) == 3


def test_the_days_of_every_caf_add_up_for_a_supervisor_and_are_their_own_for_an_agent(two_cafs: Any, year: int) -> None:
    transmit(two_cafs, two_cafs.landlord(("conventioned", "FR")))
    landlords = two_cafs.harness.rows("landlord")
    organisation = next(row["organisation_id"] for row in landlords if row["caf_code"] == "220")
    person = two_cafs.grant(ids.new_id(), ("private", "FR"), organisation_id=organisation)
    transmit(two_cafs, person)
    path = f"/campaigns/{year}/cafs"
    told = two_cafs.get(path, two_cafs.agent("000", supervisor=True)).json()
    assert (sum(day["transmitted"] for day in told["days"]), told["days"][-1]["cumulated"]) == (3, 3)
    assert two_cafs.get(path, two_cafs.agent("220")).json()["days"][-1]["cumulated"] == 1


def test_a_year_without_campaign_is_empty_and_a_campaign_in_preparation_counts_nothing(world: Any, year: int) -> None:
    supervisor = world.agent("000", supervisor=True)
    assert world.get(f"/campaigns/{year}/cafs", supervisor).json()["cafs"] == []
    dates = {"year": year, "opens_on": f"{year - 1}-07-01", "deadline": f"{year}-12-30", "cut_off": f"{year + 1}-01-15"}
    assert world.post("/campaigns", world.agent(), dates).status_code == 201
    (caf,) = world.get(f"/campaigns/{year}/cafs", supervisor).json()["cafs"]
    assert (caf["phase"], caf["total"], caf["counts"]) == ("draft", 0, {})


def test_what_is_being_corrected_has_reached_the_caf_and_is_not_finished(two_cafs: Any, year: int) -> None:
    headers = two_cafs.landlord()
    (sent,) = two_cafs.declarations(headers, status="transmitted")
    assert two_cafs.post(f"/declarations/{sent['id']}/amendments", headers, {"reason": "Erreur"}).status_code == 201
    told = two_cafs.get(f"/campaigns/{year}/progress", two_cafs.agent()).json()
    assert (told["transmitted"], told["unfinished"], told["counts"]) == (1, 2, {"draft": 1, "to_declare": 1})
    assert told["days"][-1]["cumulated"] == told["transmitted"]
