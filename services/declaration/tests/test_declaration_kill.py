"""kill -9 of a real worker in the middle of a lot, and of the application of a file: what it held goes on, once."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from chassis import clock
from declaration.models import BatchTransmission, DeclarationImport
from declaration_desk import named
from sqlalchemy import text, update

pytestmark = [
    pytest.mark.containers,
    # Workers are started and killed: on a machine that does much else, that takes its time.
    pytest.mark.timeout(400),
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]
TENANCIES = 100
FILLED = {"confirmed": "oui", "present": "oui", "rent_up_to_date": "oui", "rent": "415,00", "charges": "38"}
# One worker of its own, as the product runs it; what to run comes by name.
WORKER = """
import json, sys
from chassis.runtime import Runtime
from declaration.app import service
given = json.load(sys.stdin)
runtime = Runtime(service, service.settings(**given["settings"]))
next(job for job in service.periodic if job.name == given["job"]).run(runtime)
"""


@pytest.fixture
def agency(world: Any) -> tuple[Any, dict[str, str]]:
    """A landlord with many tenants, nothing declared yet."""
    world.register(*({"dwelling_ref": f"L-{n}", "tenant_number": f"{n:07d}A"} for n in range(TENANCIES)))
    world.open_campaign()
    return world, world.landlord()


def number(world: Any, query: str) -> int:
    with world.harness.runtime.read_only() as session:
        return int(session.execute(text(query)).scalar_one())


def kill_in_the_middle(world: Any, job: str, done: Callable[[], int], total: int) -> int:
    """Starts a worker, kills it once it has done something; how much it had done."""
    settings = asdict(world.harness.runtime.settings)
    before = done()
    with subprocess.Popen([sys.executable, "-c", WORKER], stdin=subprocess.PIPE) as worker:  # noqa: S603 - our own words
        assert worker.stdin is not None
        worker.stdin.write(json.dumps({"settings": settings, "job": job}).encode())
        worker.stdin.close()
        deadline = time.monotonic() + 60
        while done() == before and time.monotonic() < deadline:
            time.sleep(0.002)
        worker.kill()
    assert before < done() < total, "the worker was not killed in the middle"
    return done()


def minutes_pass(world: Any, table: type[BatchTransmission] | type[DeclarationImport]) -> None:
    """The lease of the killed worker ends."""
    with world.harness.transaction() as session:
        session.execute(update(table).values(leased_until=clock.now() - timedelta(seconds=1)))


def save_all(world: Any, headers: dict[str, str]) -> None:
    rows = world.get("/drafts", headers, limit=200).json()["items"]
    body = {"rows": [{**named(row), "cells": FILLED} for row in rows]}
    answer = world.put("/drafts", headers, body)
    assert {item["outcome"] for item in answer.json()["items"]} == {"saved"}


def test_a_lot_whose_worker_is_killed_twice_is_transmitted_whole_and_nothing_of_it_twice(agency: Any) -> None:
    world, headers = agency
    save_all(world, headers)
    lot = world.post("/transmissions", headers, {}).json()
    versions = "SELECT count(*) FROM declaration_version"
    for _ in range(2):
        kill_in_the_middle(world, "transmit batches", lambda: number(world, versions), TENANCIES)
        marked = number(world, "SELECT count(*) FROM batch_transmission_line WHERE status = 'transmitted'")
        events = number(world, "SELECT count(*) FROM outbox WHERE type = 'declaration.transmitted.v1'")
        assert number(world, versions) == marked == events
        minutes_pass(world, BatchTransmission)
    world.harness.run_job("transmit batches")
    found = world.get(f"/transmissions/{lot['id']}", headers).json()
    assert (found["status"], found["transmitted"], found["refused"]) == ("done", TENANCIES, 0)
    assert number(world, versions) == number(world, "SELECT count(DISTINCT declaration_id) FROM declaration_version")
    assert number(world, versions) == TENANCIES
    told = "SELECT count(*) FROM outbox WHERE type = 'declaration.{}.v1'"
    assert number(world, told.format("transmitted")) == TENANCIES
    assert number(world, told.format("lot_transmitted")) == 1
    assert number(world, "SELECT count(*) FROM state_transition WHERE event = 'transmit'") == TENANCIES


def test_a_file_whose_worker_is_killed_while_it_applies_it_is_applied_whole_and_each_line_once(agency: Any) -> None:
    world, headers = agency
    content = world.get("/declaration-template", headers, format="csv").content.decode("utf-8-sig")
    head, *lines = content.splitlines()
    names = head.split(";")
    typed = {"Informations exactes": "oui", "Toujours locataire": "oui", "Loyer à jour": "oui"}
    typed |= {"Loyer de juillet hors charges": "415", "Charges de juillet": "38"}
    filled = [dict(zip(names, line.split(";"), strict=True)) | typed for line in lines]
    sent = "\n".join([head, *(";".join(row.values()) for row in filled)]).encode()
    client, path = world.harness.client, "/api/declaration/v1/declaration-imports"
    made = client.post(path, headers=headers, files={"file": ("loyers.csv", sent)}).json()
    world.harness.run_job("read and apply files of rows")
    assert world.post(f"/declaration-imports/{made['id']}/application", headers).json()["ready"] == TENANCIES
    applied = "SELECT count(*) FROM declaration_import_line WHERE status = 'applied'"
    drafts = "SELECT count(*) FROM rent_declaration WHERE state = 'draft'"
    kill_in_the_middle(world, "read and apply files of rows", lambda: number(world, applied), TENANCIES)
    assert number(world, applied) == number(world, drafts)
    minutes_pass(world, DeclarationImport)
    world.harness.run_job("read and apply files of rows")
    assert world.get(f"/declaration-imports/{made['id']}", headers).json()["status"] == "applied"
    assert number(world, applied) == number(world, drafts) == TENANCIES
    saved = "SELECT count(*) FROM journal WHERE action = 'declaration.saved'"
    assert number(world, saved) == number(world, "SELECT sum(revision - 1) FROM rent_declaration") == TENANCIES
