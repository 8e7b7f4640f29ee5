"""A whole Caf's registry in one file: read line by line, with progress, in memory that does not grow."""

import secrets
import time
from pathlib import Path

import pytest
from chassis import clock
from launcher.demo import registry
from launcher.demo.failures import answered
from launcher.demo.journey.first_sign_in import sign_in_first
from launcher.demo.journey.people import own_password
from launcher.demo.registry.years import last_july
from launcher.demo.web.api import DECLARATION, Api, Json
from launcher.demo.web.site import Site
from support.product import Product
from support.stack import Stack

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1800)]
LINES = 30_000
# Thirty agencies of a thousand tenancies: as many lines as a Caf has, without its 13,000 landlords' letters.
PER_LANDLORD = 1_000
MEGABYTE = 1024 * 1024
MOST_GROWTH = 150 * MEGABYTE
MOST_SECONDS = 900.0


def sent(api: Api, file: Path) -> Json:
    with file.open("rb") as content:
        upload = {"file": (file.name, content, "text/csv")}
        answer = api.request("POST", f"{DECLARATION}/registry-imports", files=upload)
    report: Json = answered(answer, 202).json()
    return report


def watched(api: Api, stack: Stack, import_id: str) -> tuple[list[Json], list[int]]:
    """What the API said of the import until it ended, and the worker's memory each time."""
    reports: list[Json] = []
    memory: list[int] = []
    end = time.monotonic() + MOST_SECONDS
    while not reports or reports[-1]["status"] not in ("done", "refused"):
        assert time.monotonic() < end, f"not done in {MOST_SECONDS:.0f} s: {reports[-1]}"
        reports.append(api.get(f"{DECLARATION}/registry-imports/{import_id}"))
        memory.append(stack.resident_bytes("declaration-worker"))
        time.sleep(0.2)
    return reports, memory


def test_30000_lines_go_in_at_once_with_progress_and_flat_memory(
    product: Product, stack: Stack, tmp_path: Path
) -> None:
    agent, file = product.new_agent(), tmp_path / "registre.csv"
    year = last_july(clock.today())
    rows = registry.large_rows(
        LINES, seed=secrets.randbits(32), caf_code=agent.caf_code, year=year, per_landlord=PER_LANDLORD, with_email=True
    )
    registry.write(file, rows)
    site = Site(product.url)
    person = {"civility": "M.", "last_name": "COLLET", "first_name": "Ivan", "email": f"{agent.login}@caf.example"}
    api = sign_in_first(site, agent, person, own_password())
    before = stack.resident_bytes("declaration-worker")
    started = time.monotonic()
    reports, memory = watched(api, stack, sent(api, file)["id"])
    seconds = time.monotonic() - started
    site.close()
    last = reports[-1]
    assert (last["status"], last["lines_good"], last["lines_bad"]) == ("done", LINES, 0)
    assert last["created"] == {"landlords": LINES // PER_LANDLORD, "dwellings": LINES, "tenancies": LINES}
    # Read, then written.
    done = [report["lines_done"] + report["lines_merged"] for report in reports]
    assert done == sorted(done)
    assert len(set(done)) > 3, f"progress is shown while it runs: {done}"
    assert max(memory) - before < MOST_GROWTH
    print(
        f"{LINES} lines, {file.stat().st_size / MEGABYTE:.1f} MB in {seconds:.0f} s;"
        f" worker from {before / MEGABYTE:.0f} to {max(memory) / MEGABYTE:.0f} MB"
    )
