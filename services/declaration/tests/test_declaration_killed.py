"""kill -9 of the real process in the middle of an import and of openings: nothing is lost, nothing is doubled."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.harness import SEALING
from declaration.models import NationalOpening, RegistryImport
from declaration.registry import commands, read_waiting
from sqlalchemy import update

pytestmark = [pytest.mark.containers, pytest.mark.timeout(300)]
WORKER = Path(__file__).parent / "killed_worker.py"
TENANCIES = 200
# Lines a commit in the worker that is killed.
SMALL = 40
WAIT_SECONDS = 60
Kill = Callable[..., bool]


def lot(number: int, **changes: str) -> dict[str, str]:
    landlord = {"user_number": f"359{number // 3:011}"}
    return {**landlord, "dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


@contextmanager
def stopped(world: Any, work: str, after: int) -> Iterator[bool]:
    """The work in a process that stands still at that step and is killed at the end; whether it still runs."""
    settings = world.harness.runtime.settings
    arguments = [work, settings.database_url, settings.storage_url, json.dumps(SEALING)]
    command = [sys.executable, str(WORKER), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            yield _reaches(process, after)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)


def _reaches(process: subprocess.Popen[str], step: int) -> bool:
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(1, step + 1):
        if process.stdout.readline() != "step\n":
            return False
        if number < step:
            process.stdin.write("\n")
            process.stdin.flush()
    return True


@pytest.fixture
def kill(world: Any) -> Kill:
    """`kill(work, after)`: the work in a process that is killed at that step; whether it still ran."""

    def strike(work: str, after: int) -> bool:
        with stopped(world, work, after) as running:
            return running

    return strike


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


def released(world: Any) -> None:
    """As if the lease of the killed worker had ended."""
    with world.harness.transaction() as session:
        session.execute(update(RegistryImport).values(leased_until=None))


def test_an_import_killed_again_and_again_ends_as_if_nothing_had_happened(world: Any, kill: Kill) -> None:
    path = world.file(*[lot(number) for number in range(TENANCIES)], {"siret": "1"})
    with path.open("rb") as stream:
        import_id, _ = commands.receive(world.harness.runtime, stream, "r.csv", caf_code="359", sent_by="test")
    # While lines are read, then while they are merged.
    for after in (1, 2, 4, 2):
        assert kill("import", after), "it had ended before it was killed"
        released(world)
    read_waiting(world.harness.runtime)
    done = world.get(f"/registry-imports/{import_id}", world.agent()).json()
    assert (done["status"], done["lines_done"], done["lines_good"], done["lines_bad"]) == (
        "done",
        TENANCIES + 1,
        TENANCIES,
        1,
    )
    assert done["lines_merged"] == TENANCIES
    assert done["created"] == {"landlords": 67, "dwellings": TENANCIES, "tenancies": TENANCIES}
    assert len(world.harness.rows("tenancy")) == TENANCIES
    assert len(world.harness.rows("registry_import_error")) == 1
    assert world.harness.rows("registry_staging") == []
    world.harness.run_job("publish the portfolio")
    told = [event.subject for event in world.harness.published("registry.landlord_registered.v1")]
    assert len(told) == len(set(told)) == 67


def test_of_two_workers_that_merge_the_one_that_is_killed_is_not_missed(world: Any, kill: Kill) -> None:
    path = world.file(*[lot(number) for number in range(TENANCIES)])
    with path.open("rb") as stream:
        import_id, _ = commands.receive(world.harness.runtime, stream, "r.csv", caf_code="359", sent_by="test")
    # Killed as it merges: slices are laid out for whoever takes them.
    assert kill("import", TENANCIES // SMALL + 1), "it had ended before it was killed"
    released(world)
    with ThreadPoolExecutor(1) as pool:
        # With a slice in hand, its lines gone from the staging table in a transaction that never commits.
        with stopped(world, "help", 8) as running:
            assert running, "it had ended before it was killed"
            reading = pool.submit(read_waiting, world.harness.runtime)
            until(lambda: len(world.harness.rows("registry_slice")) == 1)
            assert not reading.done()
        reading.result(WAIT_SECONDS)
    done = world.get(f"/registry-imports/{import_id}", world.agent()).json()
    assert (done["status"], done["lines_good"], done["lines_merged"]) == ("done", TENANCIES, TENANCIES)
    assert done["created"] == {"landlords": 67, "dwellings": TENANCIES, "tenancies": TENANCIES}
    assert done["updated"] == {"landlords": 0, "dwellings": 0, "tenancies": 0}
    assert len(world.harness.rows("tenancy")) == TENANCIES
    assert world.harness.rows("registry_staging") == world.harness.rows("registry_slice") == []


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_opening_killed_at_any_statement_leaves_nothing_and_opens_afterwards(
    world: Any, kill: Kill, year: int
) -> None:
    world.register(*[lot(number) for number in range(60)], lot(90, lease_start=f"{year}-08-01"))
    body = {
        "year": year,
        "opens_on": f"{year - 1}-07-01",
        "deadline": f"{year + 1}-01-15",
        "cut_off": f"{year + 1}-03-01",
    }
    assert world.post("/campaigns", world.agent(), body).status_code == 201
    # The last ones are behind the declarations, their passages and the landlords to ask.
    for after in (4, 8, 9, 10):
        assert kill("opening", after), "it had ended before it was killed"
        assert [row["phase"] for row in world.harness.rows("campaign")] == ["draft"]
        assert [
            len(world.harness.rows(table)) for table in ("rent_declaration", "state_transition", "declaration_request")
        ] == [0, 0, 0]
    opened = world.post(f"/campaigns/{year}/opening", world.agent())
    assert opened.json() == {"declarations": 60, "not_concerned": 1, "landlords": 20}
    assert len(world.harness.rows("state_transition")) == 61


def test_the_opening_of_all_cafs_killed_between_them_goes_on_and_opens_each_once(
    world: Any, kill: Kill, year: int
) -> None:
    cafs = ["130", "220", "359", "440", "751"]
    world.register(*[lot(int(code), caf_code=code, user_number=f"{code}00000000001") for code in cafs])
    for code in cafs:
        body = {"year": year, "opens_on": f"{year - 1}-07-01", "deadline": f"{year + 1}-01-15"}
        prepared = world.post("/campaigns", world.agent(code), {**body, "cut_off": f"{year + 1}-03-01"})
        assert prepared.status_code == 201, prepared.text
    supervisor = world.agent("000", supervisor=True)
    asked = world.post("/campaign-openings", supervisor, {"year": year}).json()["id"]
    for opened in (2, 3):
        assert kill("nationwide", 2 if opened == 2 else 1), "it had ended before it was killed"
        found = world.get(f"/campaign-openings/{asked}", supervisor).json()
        assert (found["counts"], found["ended_at"]) == ({"opened": opened, "waiting": 5 - opened}, None)
        assert len(world.harness.rows("rent_declaration")) == opened
        world.harness.run_job("open all campaigns")
        held = world.get(f"/campaign-openings/{asked}", supervisor).json()
        assert held["counts"] == found["counts"], "taken over before the lease ended"
        with world.harness.transaction() as session:
            session.execute(update(NationalOpening).values(leased_until=None))
    world.harness.run_job("open all campaigns")
    done = world.get(f"/campaign-openings/{asked}", supervisor).json()
    assert (done["counts"], done["ended_at"] is not None) == ({"opened": 5}, True)
    assert len(world.harness.rows("rent_declaration")) == len(world.harness.rows("state_transition")) == 5
    told = [event.data["caf_code"] for event in world.harness.published("declaration.campaign_opened.v1")]
    assert sorted(told) == cafs
