"""Killed for real and asked from everywhere at once, on PostgreSQL: each transmitted version in one batch, once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chassis import clock
from chassis.problems import Conflict
from chassis.testing.plugin import HarnessFactory
from declaration.app import service
from declaration.exports import archive, selection
from declaration.models import AnswerImport, DeclarationVersion, ExportBatch
from declaration_exchange import answers_file, correct, declare, opened, send_answers
from sqlalchemy import select, update

pytestmark = pytest.mark.containers
# A process of its own: it says each step that it passes, and stops there until it is killed.
WORKER = """
import sys, time
from chassis.runtime import Runtime
from declaration.answers import applying, jobs as running, publishes as telling
from declaration.app import service
from declaration.exports import archive, selection as claiming, jobs as making
from declaration.settings import DeclarationSettings
job, where, url, storage, key = sys.argv[1:]
running.BATCH = archive.PAGE = 2
own = DeclarationSettings(service="declaration", database_url=url, storage_url=storage, event_key=key)
here = Runtime(service, own)
def stop_at(module, name, before):
    act, calls = getattr(module, name), [0]
    def stopped(*args, **kwargs):
        calls[0] += 1
        if before and calls[0] == 2: print("here", flush=True); time.sleep(600)
        found = act(*args, **kwargs)
        if not before: print("here", flush=True); time.sleep(600)
        return found
    setattr(module, name, stopped)
POINTS = {
    "claimed, not committed": (claiming, "next_batch", False),
    "half written": (archive.columns, "row", True),
    "written, not told": (archive, "write", False),
    "answers applied, not committed": (applying, "apply", False),
    "some answers committed": (applying, "apply", True),
    "told, not committed": (telling.publishes, "answered", False),
}
stop_at(*POINTS[where])
if job == "claim":
    with here.transaction() as session:
        claiming.claim(session, "359", "killed")
elif job == "export":
    making.make_waiting(here)
else:
    running.read_waiting(here)
"""


@pytest.fixture
def fast(harness: HarnessFactory, postgres_url: str, tmp_path: Path, make_world: Any) -> Any:
    return make_world(harness(service, postgres_url), tmp_path)


def killed_at(world: Any, job: str, where: str) -> None:
    """Runs the job in a process of its own until that point, and kills it there (SIGKILL)."""
    settings = world.harness.runtime.settings
    arguments = [job, where, settings.database_url, settings.storage_url, settings.event_key]
    keys = {
        "BAILLEURS_SEALING_PUBLIC_KEYS": settings.sealing_public_keys,
        "PATH": os.environ["PATH"],
    }
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-W", "ignore", "-c", WORKER, *arguments], stdout=subprocess.PIPE, env=keys, text=True
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        while said and said.strip() != "here":
            said = process.stdout.readline()
        assert said.strip() == "here", where
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        process.stdout and process.stdout.close()


def free_leases(world: Any) -> None:
    """As a minute later."""
    with world.harness.transaction() as session:
        for table in (ExportBatch, AnswerImport):
            over = clock.now() - timedelta(seconds=1)
            session.execute(update(table).where(table.leased_until.is_not(None)).values(leased_until=over))


def exported(world: Any) -> Counter[str]:
    """References by number of times that they are in a batch's lines."""
    found: Counter[str] = Counter()
    with world.harness.runtime.read_only() as session:
        batches = session.execute(select(ExportBatch.id)).scalars().all()
    for batch in batches:
        for page in archive.pages(world.harness.runtime, batch):
            found.update(version.reference for version in page)
    return found


def transmitted(world: Any) -> set[str]:
    with world.harness.runtime.read_only() as session:
        return set(session.execute(select(DeclarationVersion.reference)).scalars())


@pytest.mark.parametrize(
    ("job", "where"),
    [("claim", "claimed, not committed"), ("export", "half written"), ("export", "written, not told")],
)
def test_an_export_that_is_killed_loses_and_repeats_no_line(fast: Any, job: str, where: str) -> None:
    landlord = fast.landlord()
    declarations = opened(fast, 6)
    for declaration in declarations[:5]:
        declare(fast, declaration, landlord)
    if job == "export":
        assert fast.post("/exports", fast.agent()).status_code == 201
    killed_at(fast, job, where)
    free_leases(fast)
    declare(fast, declarations[5], landlord)
    assert fast.post("/exports", fast.agent()).status_code == 201
    fast.harness.run_job("write exports")
    assert {row["status"] for row in fast.harness.rows("export_batch")} == {"ready"}
    assert [row["number"] for row in fast.harness.rows("export_batch")] == ([1] if job == "claim" else [1, 2])
    lines = exported(fast)
    assert set(lines) == transmitted(fast)
    assert set(lines.values()) == {1}


@pytest.mark.parametrize("where", ["answers applied, not committed", "some answers committed", "told, not committed"])
def test_answers_whose_reading_is_killed_are_applied_and_told_once(fast: Any, where: str) -> None:
    landlord = fast.landlord()
    references = [declare(fast, declaration, landlord)["reference"] for declaration in opened(fast, 5)]
    rows = [{"reference": reference, "answer": "under_review"} for reference in references]
    sent = send_answers(fast, answers_file(*rows))
    killed_at(fast, "answers", where)
    free_leases(fast)
    fast.harness.run_job("read answers")
    done = fast.get(f"/answers/{sent.json()['id']}", fast.agent()).json()
    assert (done["status"], done["lines_applied"], done["lines_unchanged"], done["lines_bad"]) == ("done", 5, 0, 0)
    passages = [row for row in fast.harness.rows("state_transition") if row["event"] == "review"]
    assert len(passages) == 5
    (event,) = fast.harness.published("declaration.answered.v1")
    assert event.data["counts"] == {"under_review": 5}


def test_lines_transmitted_while_two_export_are_each_in_one_batch(fast: Any) -> None:
    landlord, declarations = fast.landlord(), opened(fast, 24)
    runtime, ends = fast.harness.runtime, time.monotonic() + 120

    def transmit(some: list[str]) -> None:
        for declaration in some:
            declare(fast, declaration, landlord)
            correct(fast, declaration, landlord)

    def export(_who: int) -> int:
        made = 0
        while time.monotonic() < ends and not done:
            try:
                with runtime.transaction() as session:
                    selection.claim(session, "359", "test")
                made += 1
            except Conflict:
                time.sleep(0.01)
        return made

    done: list[bool] = []
    with ThreadPoolExecutor(4) as pool:
        exporting = [pool.submit(export, who) for who in range(2)]
        declaring = [pool.submit(transmit, declarations[who::2]) for who in range(2)]
        for each in declaring:
            each.result()
        done.append(True)
        made = sum(each.result() for each in exporting)
    fast.post("/exports", fast.agent())
    lines, batches = exported(fast), fast.harness.rows("export_batch")
    assert made >= 2
    assert set(lines) == transmitted(fast)
    assert len(lines) == 48
    assert set(lines.values()) == {1}
    assert sorted(row["number"] for row in batches) == list(range(1, len(batches) + 1))
    assert sum(row["lines"] for row in batches) == 48


def test_two_exports_asked_at_once_make_one_batch(fast: Any) -> None:
    landlord = fast.landlord()
    for declaration in opened(fast, 3):
        declare(fast, declaration, landlord)
    agents = [fast.agent() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(lambda agent: fast.post("/exports", agent).status_code, agents))
    assert answers == [201, 409, 409, 409]
    assert [row["lines"] for row in fast.harness.rows("export_batch")] == [3]
