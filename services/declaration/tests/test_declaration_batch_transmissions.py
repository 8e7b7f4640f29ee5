"""Many declarations transmitted together: each by the rules of a single one, once, and told of as one."""

from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from declaration.batch_transmissions import jobs
from declaration.filing import commands
from declaration.job_lock import JobLockLost
from declaration.models import BatchTransmission
from declaration_desk import named
from sqlalchemy import update

LOT = "declaration.lot_transmitted.v1"
TRANSMITTED = "declaration.transmitted.v1"
FILLED = {"confirmed": "oui", "present": "oui", "rent_up_to_date": "oui", "rent": "415,00", "charges": "38"}
JOB = "transmit batches"


class Owner:
    """A person with tenants; `save` types rows, `ask` a lot."""

    def __init__(self, world: Any, headers: dict[str, str]) -> None:
        self.world, self.headers = world, headers

    def drafts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.world.get("/drafts", self.headers, limit=200).json()["items"]
        return found

    def save(self, *typed: dict[str, str]) -> list[dict[str, Any]]:
        rows = [{**named(row), "cells": cells} for row, cells in zip(self.drafts(), typed, strict=False)]
        answer = self.world.put("/drafts", self.headers, {"rows": rows})
        assert answer.status_code == 200, answer.text
        return [item["row"] for item in answer.json()["items"]]

    def ask(self, body: dict[str, Any] | None = None, key: str = "") -> Any:
        more = {"Idempotency-Key": key} if key else {}
        return self.world.post("/transmissions", self.headers, body or {}, **more)

    def done(self, body: dict[str, Any] | None = None) -> dict[str, Any]:
        asked = self.ask(body)
        assert asked.status_code == 202, asked.text
        self.world.harness.run_job(JOB)
        found: dict[str, Any] = self.world.get(f"/transmissions/{asked.json()['id']}", self.headers).json()
        return found

    def lines(self, lot: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
        answer = self.world.get(f"/transmissions/{lot['id']}/lines", self.headers, **params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


def counts(lot: dict[str, Any]) -> tuple[int, int, int]:
    return lot["total"], lot["transmitted"], lot["refused"]


@pytest.fixture
def owner(world: Any) -> Owner:
    places = (("private", "35238"), ("private", "35238"), ("conventioned", "35047"), ("private", "35047"))
    world.register(
        *(
            {
                "dwelling_ref": f"L-{n}",
                "tenant_number": f"123456{n}A",
                "tenant_last_name": f"N{n}",
                "housing_type": kind,
                "commune_insee": commune,
            }
            for n, (kind, commune) in enumerate(places)
        )
    )
    world.open_campaign()
    return Owner(world, world.landlord())


def test_nobody_else_sees_a_lot_and_an_agent_makes_none(owner: Owner) -> None:
    owner.save(FILLED)
    lot = owner.done()
    stranger = owner.world.landlord()
    for path in ("", "/lines"):
        assert owner.world.get(f"/transmissions/{lot['id']}{path}", stranger).status_code == 404
    assert owner.world.get("/transmissions", stranger).json()["items"] == []
    assert [item["id"] for item in owner.world.get("/transmissions", owner.headers).json()["items"]] == [lot["id"]]
    agent = owner.world.agent()
    assert owner.world.post("/transmissions", agent, {}).status_code == 403
    assert owner.world.get("/transmissions", agent).status_code == 403


def test_what_is_outside_the_perimeter_is_not_transmitted_and_is_unknown_when_named(owner: Owner) -> None:
    rows = owner.save(FILLED, FILLED, FILLED, FILLED)
    narrow = Owner(owner.world, owner.world.landlord(("private", "35238")))
    assert counts(narrow.done()) == (2, 2, 0)
    foreign, invented = rows[2]["id"], str(ids.new_id())
    lot = narrow.done({"ids": [foreign, invented]})
    assert counts(lot) == (2, 0, 2)
    told = [{**line, "declaration_id": ""} for line in narrow.lines(lot)]
    assert told[0] == told[1]
    assert (told[0]["code"], told[0]["tenant"]) == ("unknown", None)


def test_each_is_transmitted_by_the_rules_of_a_single_one_and_the_lot_says_why_of_the_others(owner: Owner) -> None:
    owner.save(FILLED, {**FILLED, "rent": "900"}, {"confirmed": "oui"}, FILLED)
    asked = owner.ask().json()
    last = owner.drafts()[3]
    changed = {"rows": [{**named(last), "cells": {"rent": "416"}}]}
    owner.world.put("/drafts", owner.headers, changed)
    owner.world.harness.run_job(JOB)
    lot = owner.world.get(f"/transmissions/{asked['id']}", owner.headers).json()
    assert (lot["status"], counts(lot)) == ("done", (4, 1, 3))
    assert {line["code"] for line in owner.lines(lot, status="refused")} == {"to_confirm", "incomplete", "changed"}
    [sent] = owner.lines(lot, status="transmitted")
    versions = owner.world.harness.rows("declaration_version")
    assert [version["reference"] for version in versions] == [sent["reference"]]
    assert [event.data["lot_id"] for event in owner.world.harness.published(TRANSMITTED)] == [lot["id"]]
    passages = [row for row in owner.world.harness.rows("state_transition") if row["event"] == "transmit"]
    assert [row["to_state"] for row in passages] == ["transmitted"]


def test_a_lot_is_told_of_once_with_all_that_it_transmitted(owner: Owner) -> None:
    owner.save(FILLED, FILLED, FILLED)
    lot = owner.done()
    [event] = owner.world.harness.published(LOT)
    references = {version["reference"] for version in owner.world.harness.rows("declaration_version")}
    assert (event.data["lot_id"], event.data["declarations"]) == (lot["id"], 3)
    assert {line["reference"] for line in event.personal["lines"]} == references
    assert event.data["scopes"] == [
        {"housing_type": "conventioned", "departement": "35", "commune": "35047"},
        {"housing_type": "private", "departement": "35", "commune": "35238"},
    ]
    assert owner.world.harness.published()[-1].type == LOT
    owner.world.harness.run_job(JOB)
    assert len(owner.world.harness.published(LOT)) == 1


def test_a_lot_of_nothing_is_refused_and_one_that_transmits_nothing_is_not_told_of(owner: Owner) -> None:
    assert owner.ask().status_code == 409
    assert owner.world.harness.rows("batch_transmission") == []
    owner.save({"confirmed": "oui"})
    assert counts(owner.done()) == (1, 0, 1)
    assert owner.world.harness.published(LOT) == []


def test_the_same_key_makes_one_lot_and_two_lots_transmit_once(owner: Owner) -> None:
    owner.save(FILLED, FILLED)
    assert owner.ask(key="one").json() == owner.ask(key="one").json()
    second = owner.ask().json()
    owner.world.harness.run_job(JOB)
    assert len(owner.world.harness.rows("declaration_version")) == 2
    assert {line["code"] for line in owner.lines(second)} == {"not_draft"}


def test_the_filters_of_the_list_narrow_a_lot(owner: Owner) -> None:
    owner.save(FILLED, FILLED, FILLED, FILLED)
    assert counts(owner.done({"filters": {"zone": "35047", "housing_type": "private"}})) == (1, 1, 0)
    wrong: tuple[dict[str, object], ...] = ({"filters": {"state": "x"}}, {"ids": []}, {"all": True})
    for body in wrong:
        assert owner.ask(body).status_code == 400


def test_a_lot_beyond_what_a_receipt_holds_is_refused(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("declaration.batch_transmissions.commands.MOST", 1)
    owner.save(FILLED, FILLED)
    refused = owner.ask()
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/filters/zone")
    assert owner.world.harness.rows("batch_transmission_line") == []


def test_one_that_fails_unforeseen_keeps_none_of_the_others_back(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = owner.save(FILLED, FILLED, FILLED)
    real = commands.transmit

    def failing(session: Any, case: Any, lot_id: UUID | None = None) -> Any:
        if str(case.row.id) == rows[1]["id"]:
            raise ValueError
        return real(session, case, lot_id)

    monkeypatch.setattr(commands, "transmit", failing)
    lot = owner.done()
    assert counts(lot) == (3, 2, 1)
    assert [line["code"] for line in owner.lines(lot, status="refused")] == ["failed"]
    assert len(owner.world.harness.published(TRANSMITTED)) == 2


def test_a_lot_taken_over_by_another_worker_commits_nothing_more(owner: Owner) -> None:
    owner.save(FILLED, FILLED)
    lot_id = UUID(owner.ask().json()["id"])
    runtime = owner.world.harness.runtime
    claimed = jobs.JOBS.claim(runtime)
    assert claimed is not None
    with runtime.transaction() as session:
        session.execute(update(BatchTransmission).values(worker=ids.new_id()))
    with pytest.raises(JobLockLost):
        jobs._run(runtime, claimed[0], claimed[1])
    assert owner.world.harness.rows("declaration_version") == []
    with runtime.transaction() as session:
        session.execute(update(BatchTransmission).where(BatchTransmission.id == lot_id).values(leased_until=None))
    owner.world.harness.run_job(JOB)
    assert len(owner.world.harness.rows("declaration_version")) == 2


def test_a_right_withdrawn_before_its_turn_counts(owner: Owner) -> None:
    account = ids.new_id()
    person = Owner(owner.world, owner.world.grant(account, ("private", "FR"), ("conventioned", "FR")))
    person.save(FILLED, FILLED)
    lot = person.ask().json()
    owner.world.grant(account, ("private", "75"), version=2)
    owner.world.harness.run_job(JOB)
    assert owner.world.harness.rows("declaration_version") == []
    assert {line["code"] for line in person.lines(lot)} == {"unknown"}
    assert {str(line["tenant"]) for line in person.lines(lot)} == {"None"}
