"""A file that several workers share: the same portfolio and the same report as by one alone."""

import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis.testing.plugin import HarnessFactory
from declaration.app import service
from declaration.domain.registry.blocks import Reading
from declaration.domain.registry.columns import COLUMNS
from declaration.domain.registry.lines import Header
from declaration.models import RegistryImport
from declaration.registry import commands, help_merging, jobs, read_waiting, readers, staging
from declaration_cases import PERSON
from sqlalchemy import update

LINES = 300
OTHER_SIRET = "44306184100047"
COMMUNES = ("35238", "22278", "97105")
# Made by whoever comes first, or told of the moment.
ASIDE = {"id", "landlord_id", "dwelling_id", "version", "told_version"}


def drawn(seed: int) -> list[dict[str, str]]:
    """Lines of a few landlords scattered over the file, which say now this, now that of them; some are wrong."""
    chance = random.Random(seed)  # noqa: S311 - the same lines each time
    lines = []
    for _ in range(LINES):
        landlord = chance.randrange(40)
        kind = {} if landlord % 3 == 0 else PERSON
        lines.append(
            {
                **kind,
                "caf_code": "220" if chance.random() < 0.02 else "359",
                "user_number": f"359{landlord:011}",
                "siret": "73282932000074" if not kind and chance.random() < 0.95 else OTHER_SIRET if not kind else "",
                "email": "deux@lices.example" if chance.random() < 0.05 else "un@lices.example",
                "housing_type": "conventioned" if chance.random() < 0.05 else "private",
                "dwelling_ref": (dwelling := f"L-{chance.randrange(4)}"),
                "commune_insee": COMMUNES[int(dwelling[-1]) % len(COMMUNES)],
                "tenant_number": f"{chance.randrange(3):07}A",
                "lease_start": chance.choice(("2016-09-01", "2016-10-01", "2010-01-01")),
                "lease_end": chance.choice(("", "2026-03-31", "2015-03-31", "mars")),
            }
        )
    return lines


def pages(world: Any, import_id: str) -> list[dict[str, Any]]:
    """Its errors as an agent reads them, page after page."""
    found, cursor = [], None
    while True:
        page = world.get(f"/registry-imports/{import_id}/errors", world.agent(supervisor=True), cursor=cursor).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def kept(world: Any) -> dict[str, list[Any]]:
    """The portfolio without the identifiers."""
    keys = {row["id"]: (row["caf_code"], row["user_number"]) for row in world.harness.rows("landlord")}
    keys |= {row["id"]: (*keys[row["landlord_id"]], row["reference"]) for row in world.harness.rows("dwelling")}
    found = {"portfolio": sorted(map(repr, world.harness.rows("portfolio")))}
    for table, owner in (("landlord", None), ("dwelling", "landlord_id"), ("tenancy", "dwelling_id")):
        rows = world.harness.rows(table)
        found[table] = sorted(
            repr((keys.get(row.get(owner)), {name: row[name] for name in row if name not in ASIDE})) for row in rows
        )
    return found


@pytest.mark.containers
@pytest.mark.parametrize("seed", [1, 2])
def test_read_and_merged_by_four_or_by_one_gives_the_same(
    seed: int,
    harness: HarnessFactory,
    postgres_url: str,
    sqlite_url: str,
    make_world: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "SLICE", {"postgresql": 25, "sqlite": 25})
    monkeypatch.setattr(staging, "BLOCK", 7)
    monkeypatch.setattr(staging, "SHARED_FROM", 1)
    told = []
    for url, workers in ((sqlite_url, 1), (postgres_url, 4)):
        world = make_world(harness(service, url, registry_workers=workers), tmp_path)
        # The second file corrects what the first has brought.
        reports = [world.register(*drawn(seed)), world.register(*drawn(seed + 100))]
        counts = [{name: report[name] for name in report if name.startswith("lines")} for report in reports]
        changes = [(report["created"], report["updated"]) for report in reports]
        errors = [
            [(error["line"], error["column"], error["message"]) for error in pages(world, report["id"])]
            for report in reports
        ]
        told.append((counts, changes, errors, kept(world)))
    assert told[0] == told[1]
    _, changes, errors, _ = told[0]
    assert changes[1][1]["tenancies"] > 0
    messages = " ".join(message for report in errors for _, _, message in report)
    assert all(word in messages for word in ("contredit", "chevauche", "autre entreprise", "votre Caf", "date"))


def test_a_process_that_reads_and_dies_is_noticed() -> None:
    header = Header(tuple(COLUMNS), ())
    reading = Reading(header, UUID(int=1), None, 1, copying=True)
    with readers._started(reading) as asked:
        asked.send(([b"x\n"], 2))
        assert readers._answer(asked).bad_lines == 1
        asked.send("not a block")
        with pytest.raises((EOFError, OSError)):
            readers._answer(asked)


def test_a_helper_merges_what_is_laid_out_and_leaves_the_end_to_the_reader(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SLICE", {"postgresql": 10, "sqlite": 10})
    path = world.file(*[{"user_number": f"359{number:011}"} for number in range(100)])
    with path.open("rb") as stream:
        import_id, _ = commands.receive(world.harness.runtime, stream, "r.csv", caf_code="359", sent_by="test")
    help_merging(world.harness.runtime)
    assert world.harness.rows("landlord") == []

    class Killed(BaseException):
        """As SIGKILL: nothing of ours runs after it."""

    def killed_as_it_merges() -> None:
        if world.harness.rows("registry_slice"):
            raise Killed

    claimed = jobs.JOBS.claim(world.harness.runtime)
    assert claimed is not None
    lease, _ = claimed
    with pytest.raises(Killed):
        jobs.run(world.harness.runtime, lease, killed_as_it_merges)
    help_merging(world.harness.runtime)
    assert len(world.harness.rows("landlord")) == 100
    assert world.get(f"/registry-imports/{import_id}", world.agent()).json()["status"] == "running"
    with world.harness.transaction() as session:
        session.execute(update(RegistryImport).values(leased_until=None))
    read_waiting(world.harness.runtime)
    done = world.get(f"/registry-imports/{import_id}", world.agent()).json()
    assert (done["status"], done["lines_merged"], done["created"]["landlords"]) == ("done", 100, 100)
