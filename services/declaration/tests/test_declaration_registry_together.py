"""Two Cafs register dwellings of one organisation at the same moment: its portfolio holds what both brought."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from declaration.models import Dwelling, Landlord
from declaration.registry import import_path, jobs, portfolio
from sqlalchemy import select, text, update

# SQLite lets one writer in at a time.
pytestmark = pytest.mark.containers
WAIT_SECONDS = 60
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


def until_it_waits_or_ends(world: Any, other: Future[Any]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    with world.harness.runtime.engine.connect() as connection:
        while not other.done() and not connection.execute(WAITING).scalar_one():
            assert time.monotonic() < deadline
            connection.rollback()
            time.sleep(0.02)


def test_what_one_import_takes_away_does_not_hide_what_another_brings(world: Any) -> None:
    world.register({"housing_type": "private"})
    other_caf = {"caf_code": "220", "user_number": "22000000000001", "housing_type": "private"}
    with ThreadPoolExecutor(1) as pool:
        with world.harness.transaction() as session:
            session.execute(update(Dwelling).values(housing_type="conventioned"))
            portfolio.refresh(session, select(Landlord.organisation_id))
            report = pool.submit(world.register, other_caf)
            until_it_waits_or_ends(world, report)
        assert report.result(WAIT_SECONDS)["created"]["tenancies"] == 1
    pairs = {(row["housing_type"], row["departement"]) for row in world.harness.rows("portfolio")}
    assert pairs == {("conventioned", "35"), ("private", "35")}


def test_imports_that_bring_a_new_organisation_together_all_go_in(world: Any) -> None:
    files = [{"caf_code": caf, "user_number": f"{caf}00000000001"} for caf in ("220", "350", "290", "560")]
    paths = [world.file(row, name=f"{row['caf_code']}.csv") for row in files]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda path: import_path(world.harness.runtime, path, "test"), paths))
    assert [report["created"]["tenancies"] for report in reports] == [1, 1, 1, 1]
    [organisation] = world.harness.rows("organisation")
    assert organisation["portfolio_version"] == organisation["told_version"]


def test_files_that_bring_the_same_new_landlords_together_all_go_in_once(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SLICE", {"postgresql": 10})
    rows = [{"user_number": f"359{number:011}", "dwelling_ref": f"L-{number}"} for number in range(60)]
    # In another order and other slices each, so that each waits for the other somewhere.
    paths = [world.file(*rows[:end:step], name=f"{name}.csv") for name, (end, step) in enumerate([(None, 1), (20, -1)])]
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda path: import_path(world.harness.runtime, path, "test"), paths))
    assert [report["status"] for report in reports] == ["done", "done"]
    for kind in ("landlords", "dwellings", "tenancies"):
        assert sum(report["created"][kind] for report in reports) == 60
    assert len(world.harness.rows("landlord")) == len(world.harness.rows("tenancy")) == 60
