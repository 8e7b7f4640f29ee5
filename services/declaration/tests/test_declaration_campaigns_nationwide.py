"""All campaigns of a year opened in one act: for supervisors, each Caf with its own dates, told why it was not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from chassis import clock, ids
from declaration.campaigns import commands
from declaration.domain.campaign import Dates, Phase
from declaration.domain.nationwide import LABELS, Outcome, refusal
from declaration.models import NationalOpening
from declaration_cases import PERSON
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

PATH = "/campaign-openings"
JOB = "open all campaigns"
TODAY = date(2026, 9, 1)


def caf(code: str, number: int = 1) -> dict[str, str]:
    """A landlord of that Caf with one tenant."""
    return {
        **PERSON,
        "caf_code": code,
        "user_number": f"{code}{number:011}",
        "dwelling_ref": f"{code}-{number}",
        "tenant_number": f"{int(code):03}{number:04}A",
    }


def prepared(world: Any, code: str, **changes: str) -> None:
    year = clock.today().year
    body = {
        "year": year,
        "opens_on": f"{year - 1}-07-01",
        "deadline": f"{year + 1}-01-15",
        "cut_off": f"{year + 1}-03-01",
    }
    made = world.post("/campaigns", world.agent(code), {**body, **changes})
    assert made.status_code == 201, made.text


@pytest.fixture
def supervisor(world: Any) -> dict[str, str]:
    return dict(world.agent("000", supervisor=True))


def outcomes(found: dict[str, Any]) -> dict[str, str]:
    return {each["caf_code"]: each["outcome"] for each in found["cafs"]}


def test_nobody_but_a_supervisor_opens_for_all_or_reads_of_it(
    world: Any, supervisor: dict[str, str], year: int
) -> None:
    assert world.post(PATH, {}, {"year": year}).status_code == 401
    assert world.post(PATH, world.landlord(), {"year": year}).status_code == 403
    assert world.post(PATH, world.agent(), {"year": year}).status_code == 403
    assert world.harness.rows("national_opening") == []
    asked = world.post(PATH, supervisor, {"year": year}).json()["id"]
    assert world.get(f"{PATH}/{asked}", world.agent()).status_code == 404
    assert world.get(f"{PATH}/{ids.new_id()}", supervisor).status_code == 404
    assert world.get(PATH, world.agent()).json()["items"] == []
    assert [each["id"] for each in world.get(PATH, supervisor).json()["items"]] == [asked]


@pytest.mark.parametrize(
    ("phase", "opens_on", "deadline", "expected"),
    [
        (Phase.DRAFT, date(2026, 7, 1), date(2026, 11, 15), None),
        (Phase.DRAFT, TODAY, TODAY, None),
        (Phase.DRAFT, date(2026, 9, 2), date(2026, 11, 15), Outcome.NOT_YET),
        (Phase.DRAFT, date(2026, 7, 1), date(2026, 8, 31), Outcome.DEADLINE_PASSED),
        (Phase.OPEN, date(2026, 7, 1), date(2026, 8, 31), Outcome.ALREADY_OPEN),
        (Phase.CLOSED, date(2026, 7, 1), date(2026, 11, 15), Outcome.CLOSED),
    ],
)
def test_why_a_campaign_is_not_opened_with_the_others(
    phase: Phase, opens_on: date, deadline: date, expected: Outcome | None
) -> None:
    assert refusal(phase, Dates(2026, opens_on, deadline, date(2027, 1, 15)), TODAY) is expected


def test_every_outcome_is_said_in_french() -> None:
    assert set(LABELS) == set(Outcome)


def test_each_caf_is_opened_or_told_why_not(world: Any, supervisor: dict[str, str], year: int) -> None:
    world.register(*[caf(code) for code in ("130", "220", "359", "440", "751")], caf("359", 2))
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    prepared(world, "359")
    prepared(world, "751")
    prepared(world, "130", opens_on=tomorrow)
    prepared(world, "440", opens_on=f"{year - 1}-07-01", deadline=f"{year - 1}-11-15", cut_off=f"{year}-01-15")
    world.post(f"/campaigns/{year}/opening", world.agent("751"))
    asked = world.post(PATH, supervisor, {"year": year})
    assert asked.status_code == 202
    assert asked.json()["counts"] == {"waiting": 5}
    world.harness.run_job(JOB)
    found = world.get(f"{PATH}/{asked.json()['id']}", supervisor).json()
    assert outcomes(found) == {
        "130": "not_yet",
        "220": "not_prepared",
        "359": "opened",
        "440": "deadline_passed",
        "751": "already_open",
    }
    assert found["ended_at"] is not None
    (opened,) = [each for each in found["cafs"] if each["outcome"] == "opened"]
    assert (opened["declarations"], opened["not_concerned"], opened["landlords"]) == (2, 0, 2)
    phases = {row["caf_code"]: row["phase"] for row in world.harness.rows("campaign")}
    assert phases == {"130": "draft", "359": "open", "440": "draft", "751": "open"}
    told = [event.data["caf_code"] for event in world.harness.published("declaration.campaign_opened.v1")]
    assert sorted(told) == ["359", "751"]
    actions = [row["action"] for row in world.harness.rows("journal")]
    assert (actions.count("campaign.all_requested"), actions.count("campaign.opened")) == (1, 2)


def test_asking_again_while_it_runs_gives_the_same_act(world: Any, supervisor: dict[str, str], year: int) -> None:
    world.register(caf("359"))
    prepared(world, "359")
    client = world.harness.client
    assert client is not None
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda _: world.post(PATH, supervisor, {"year": year}).json()["id"], range(4)))
    assert len(set(asked)) == 1
    world.harness.run_job(JOB)
    again = world.post(PATH, supervisor, {"year": year}).json()
    assert again["id"] not in asked
    world.harness.run_job(JOB)
    assert outcomes(world.get(f"{PATH}/{again['id']}", supervisor).json()) == {"359": "already_open"}
    assert len(world.harness.rows("rent_declaration")) == 1


def test_a_caf_that_fails_is_told_so_and_keeps_none_of_the_others_back(
    world: Any, supervisor: dict[str, str], year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.register(caf("220"), caf("359"))
    prepared(world, "220")
    prepared(world, "359")
    whole = commands.start

    def broken(session: Any, actor: Any, campaign: Any) -> Any:
        counts = whole(session, actor, campaign)
        if campaign.caf_code == "220":
            raise RuntimeError("unforeseen")
        return counts

    monkeypatch.setattr(commands, "start", broken)
    asked = world.post(PATH, supervisor, {"year": year}).json()["id"]
    world.harness.run_job(JOB)
    assert outcomes(world.get(f"{PATH}/{asked}", supervisor).json()) == {"220": "failed", "359": "opened"}
    phases = {row["caf_code"]: row["phase"] for row in world.harness.rows("campaign")}
    assert phases == {"220": "draft", "359": "open"}
    assert len(world.harness.rows("rent_declaration")) == 1


def test_a_database_that_is_away_is_waited_for_a_few_times_only(
    world: Any, supervisor: dict[str, str], year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.register(caf("359"))
    prepared(world, "359")

    def away(*_: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(commands, "start", away)
    asked = world.post(PATH, supervisor, {"year": year}).json()["id"]
    for _ in range(4):
        with pytest.raises(OperationalError):
            world.harness.run_job(JOB)
        assert outcomes(world.get(f"{PATH}/{asked}", supervisor).json()) == {"359": "waiting"}
        with world.harness.transaction() as session:
            session.execute(update(NationalOpening).values(leased_until=None))
    world.harness.run_job(JOB)
    assert outcomes(world.get(f"{PATH}/{asked}", supervisor).json()) == {"359": "failed"}


def test_a_campaign_whose_deadline_is_over_is_not_opened_by_an_agent_either(world: Any, year: int) -> None:
    world.register(caf("359"))
    prepared(world, "359", deadline=f"{year - 1}-11-15", cut_off=f"{year}-01-15")
    refused = world.post(f"/campaigns/{year}/opening", world.agent())
    assert refused.status_code == 409
    assert "changez les dates" in refused.json()["detail"]
    assert [row["phase"] for row in world.harness.rows("campaign")] == ["draft"]
