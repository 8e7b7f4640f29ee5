"""Batches for a Caf: who may not have them, then every transmitted version in one batch, once."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids
from chassis.settings import SettingsError
from declaration.domain.exports import manifest, schedule, states
from declaration.domain.exports.columns import COLUMNS
from declaration.exports import archive as archives
from declaration.exports import jobs, selection
from declaration.job_lock import JobLock
from declaration.models import DeclarationVersion, ExportBatch
from declaration.settings import DeclarationSettings
from declaration_exchange import archive, correct, declare, lot, make_export, opened, opened_archive, ready, type_paper
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

EXPORT = "/exports"


@pytest.fixture
def landlord(world: Any) -> dict[str, str]:
    headers: dict[str, str] = world.landlord()
    return headers


def test_nobody_but_an_agent_makes_takes_or_acknowledges_a_batch(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    found = ready(world)
    receipt = {"lines": found["lines"], "manifest_sha256": found["manifest_sha256"]}
    one = f"{EXPORT}/{found['id']}"
    for headers, refusal in (({}, 401), (landlord, 403)):
        assert world.post(EXPORT, headers).status_code == refusal
        for path in (EXPORT, one, f"{one}/content"):
            assert world.get(path, headers).status_code == refusal
        assert world.post(f"{one}/receipt", headers, receipt).status_code == refusal
    assert world.get(one, world.agent()).json()["status"] == "ready"


def test_a_batch_of_another_caf_does_not_exist(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    found = ready(world)
    receipt = {"lines": found["lines"], "manifest_sha256": found["manifest_sha256"]}
    one, unknown = f"{EXPORT}/{found['id']}", f"{EXPORT}/{ids.new_id()}"
    for path in (one, unknown):
        answers = [world.get(path, world.agent("220")), world.get(f"{path}/content", world.agent("220"))]
        answers.append(world.post(f"{path}/receipt", world.agent("220"), receipt))
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert world.get(EXPORT, world.agent("220")).json()["items"] == []
    assert world.post(EXPORT, world.agent("220"), **{}).status_code == 409
    assert (
        world.harness.client.post(f"/api/declaration/v1{EXPORT}?caf_code=359", headers=world.agent("220")).status_code
        == 404
    )


def test_a_supervisor_names_the_caf_and_sees_every_batch(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    supervisor = world.agent("220", supervisor=True)
    assert world.post(EXPORT, supervisor).status_code == 400
    url = f"/api/declaration/v1{EXPORT}?caf_code=359"
    made = world.harness.client.post(url, headers=supervisor)
    assert (made.status_code, made.json()["caf_code"]) == (201, "359")
    assert [item["id"] for item in world.get(EXPORT, supervisor).json()["items"]] == [made.json()["id"]]


def test_an_agent_of_no_caf_makes_no_batch(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    nobody = world.harness.headers(kind="agent")
    assert world.post(EXPORT, nobody).status_code == 404
    assert world.get(EXPORT, nobody).json()["items"] == []


def test_a_batch_holds_all_that_was_declared_and_nothing_else(world: Any, landlord: dict[str, str]) -> None:
    first, _untouched = opened(world, 2)
    transmitted = declare(world, first, landlord)
    lines, told, raw, manifest_bytes = opened_archive(archive(world, found := ready(world)))
    (line,) = lines
    assert list(line) == list(COLUMNS)
    assert (line["declaration_id"], line["version"], line["supersedes"]) == (first, "1", "")
    assert (line["reference"], line["sha256"]) == (transmitted["reference"], transmitted["sha256"])
    assert line["transmitted_at"] == transmitted["transmitted_at"]
    assert (line["user_number"], line["rent"], line["charges"], line["total"]) == (
        "35900007090001",
        "415.00",
        "38.00",
        "453.00",
    )
    assert (line["channel"], line["late"], line["present"], line["furnished"]) == ("web", "0", "1", "0")
    assert line["address"] == "APPARTEMENT 4|2 RUE GINA PANE|35000 RENNES"
    (file,) = told["files"]
    assert (file["sha256"], file["bytes"]) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert told["totals"]["lines"] == told["files"][0]["lines"] == found["lines"] == 1
    assert (told["totals"]["rent"], told["totals"]["channels"]) == ("415.00", {"web": 1})
    assert found["manifest_sha256"] == hashlib.sha256(manifest_bytes).hexdigest()
    assert told == found["manifest"]


def test_only_what_is_new_goes_in_the_next_batch_and_a_correction_names_what_it_replaces(
    world: Any, landlord: dict[str, str]
) -> None:
    first, second = opened(world, 2)
    declare(world, first, landlord)
    before = ready(world)
    assert make_export(world).status_code == 409
    correct(world, first, landlord, "Charges oubliées", charges="45")
    declare(world, second, landlord)
    after = ready(world)
    lines, told, _raw, _ = opened_archive(archive(world, after))
    assert sorted((line["declaration_id"], line["version"], line["supersedes"], line["reason"]) for line in lines) == (
        sorted([(first, "2", "1", "Charges oubliées"), (second, "1", "", "")])
    )
    assert (told["batch"], told["totals"]["corrections"]) == (before["number"] + 1, 1)
    assert told["previous_manifest_sha256"] == before["manifest_sha256"]
    assert before["manifest"]["previous_manifest_sha256"] is None


def test_a_version_replaced_before_any_batch_goes_all_the_same(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    correct(world, declaration, landlord)
    lines, *_ = opened_archive(archive(world, ready(world)))
    assert [(line["version"], line["supersedes"]) for line in lines] == [("1", ""), ("2", "1")]


def test_a_transmission_committed_after_the_batch_is_in_the_next_one(world: Any, landlord: dict[str, str]) -> None:
    early, late = opened(world, 2)
    declare(world, early, landlord)
    declare(world, late, landlord)
    # As a transaction that began first and committed last: its instant and its id are older than the batch.
    with world.harness.transaction() as session:
        hidden = session.query(DeclarationVersion).filter_by(declaration_id=UUID(late)).one()
        copy = {column.key: getattr(hidden, column.key) for column in DeclarationVersion.__table__.columns}
        session.connection().exec_driver_sql("DROP TRIGGER declaration_version_no_delete" + on_table(world))
        session.delete(hidden)
    ready(world)
    with world.harness.transaction() as session:
        session.add(DeclarationVersion(**copy))
    lines, *_ = opened_archive(archive(world, ready(world)))
    assert [line["declaration_id"] for line in lines] == [late]


def on_table(world: Any) -> str:
    return " ON declaration_version" if world.harness.runtime.engine.dialect.name == "postgresql" else ""


def test_the_database_itself_refuses_to_move_a_version_to_another_batch(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    ready(world)
    for changes in ({"export_id": ids.new_id()}, {"export_id": None}, {"question": "Autre"}):
        with pytest.raises(DatabaseError, match="never changes"), world.harness.transaction() as session:
            session.execute(update(DeclarationVersion).values(**changes))


def test_the_file_is_the_same_each_time_it_is_taken_and_each_time_it_is_made(
    world: Any, landlord: dict[str, str]
) -> None:
    for declaration in opened(world, 3):
        declare(world, declaration, landlord)
    found = ready(world)
    first = archive(world, found)
    assert archive(world, found) == first
    for kept in Path(world.folder, "storage").rglob("*.zip"):
        kept.unlink()
    assert archive(world, found) == first
    assert (world.get(f"{EXPORT}/{found['id']}/content", world.agent()).headers["cache-control"]) == "no-store"
    actions = [line["action"] for line in world.harness.rows("journal")]
    assert actions.count("export.downloaded") == 4


def test_a_file_that_can_no_longer_be_made_the_same_is_not_handed_over(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    found = ready(world)
    for kept in Path(world.folder, "storage").rglob("*.zip"):
        kept.unlink()
    with world.harness.transaction() as session:
        session.execute(update(ExportBatch).values(manifest_sha256="0" * 64))
    assert world.get(f"{EXPORT}/{found['id']}/content", world.agent()).status_code == 503
    assert list(Path(world.folder, "storage").rglob("*.zip")) == []


def test_a_file_that_is_not_written_yet_is_waited_for(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    made = make_export(world).json()
    receipt = {"lines": 1, "manifest_sha256": "0" * 64}
    assert made["status"] == "planned"
    assert world.get(f"{EXPORT}/{made['id']}/content", world.agent()).status_code == 409
    assert world.post(f"{EXPORT}/{made['id']}/receipt", world.agent(), receipt).status_code == 409


def test_the_receipt_must_say_what_the_manifest_says_and_may_come_twice(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    found = ready(world)
    path = f"{EXPORT}/{found['id']}/receipt"
    wrong = world.post(path, world.agent(), {"lines": 2, "manifest_sha256": "0" * 64})
    assert wrong.status_code == 422
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"/lines", "/manifest_sha256"}
    right = {"lines": found["lines"], "manifest_sha256": found["manifest_sha256"]}
    answers = [world.post(path, world.agent(), right).json() for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["acknowledged"] * 2
    assert answers[0] == answers[1]
    lines = [line for line in world.harness.rows("journal") if line["action"] == "export.acknowledged"]
    assert [line["perimeter"] for line in lines] == ["359"]


def test_a_repeated_request_makes_one_batch(world: Any, landlord: dict[str, str]) -> None:
    first, second = opened(world, 2)
    declare(world, first, landlord)
    agent = world.agent()
    one = world.post(EXPORT, agent, **{"Idempotency-Key": "k"})
    declare(world, second, landlord)
    again = world.post(EXPORT, agent, **{"Idempotency-Key": "k"})
    assert (one.status_code, again.json()) == (201, one.json())
    assert len(world.harness.rows("export_batch")) == 1


def test_what_a_killed_worker_left_half_written_is_written_whole(
    world: Any, landlord: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for declaration in opened(world, 5):
        declare(world, declaration, landlord)
    monkeypatch.setattr(archives, "PAGE", 2)
    made = make_export(world).json()

    class Killed(BaseException):
        """As SIGKILL: nothing of ours runs after it."""

    def killed(*_args: Any, **_changes: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(JobLock, "hold", killed)
        with pytest.raises(Killed):
            world.harness.run_job("write exports")
    world.harness.run_job("write exports")
    assert world.get(f"{EXPORT}/{made['id']}", world.agent()).json()["status"] == "planned"
    with world.harness.transaction() as session:
        session.execute(update(ExportBatch).values(leased_until=clock.now() - timedelta(seconds=1)))
    world.harness.run_job("write exports")
    found = world.get(f"{EXPORT}/{made['id']}", world.agent()).json()
    lines, *_ = opened_archive(archive(world, found))
    assert (found["status"], found["lines_done"], len(lines)) == ("ready", 5, 5)


def test_batches_are_written_in_the_order_of_their_numbers(world: Any, landlord: dict[str, str]) -> None:
    first, second = opened(world, 2)
    declare(world, first, landlord)
    one = make_export(world).json()
    declare(world, second, landlord)
    two = make_export(world).json()
    lease = jobs.JOBS.claim(world.harness.runtime)
    assert lease is not None
    assert str(lease[1].id) == one["id"]
    # The second waits for the first, whose hash it names.
    assert jobs.JOBS.claim(world.harness.runtime) is None
    with world.harness.transaction() as session:
        session.execute(update(ExportBatch).values(leased_until=None))
    world.harness.run_job("write exports")
    found = {item["number"]: item for item in world.get(EXPORT, world.agent()).json()["items"]}
    assert found[2]["id"] == two["id"]
    assert found[2]["manifest"]["previous_manifest_sha256"] == found[1]["manifest_sha256"]


def test_free_text_stays_on_its_line_and_is_no_formula(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    ready(world)
    correct(world, declaration, landlord, '=HYPERLINK("x")\nsuite ; "fin"')
    lines, _told, raw, _ = opened_archive(archive(world, ready(world)))
    assert lines[0]["reason"] == '\'=HYPERLINK("x") suite ; "fin"'
    assert raw.count(b"\n") == 2


def test_what_was_acknowledged_long_ago_is_erased_with_a_line_in_the_journal(
    world: Any, landlord: dict[str, str]
) -> None:
    first, second = opened(world, 2)
    declare(world, first, landlord)
    old = ready(world)
    declare(world, second, landlord)
    recent = ready(world)
    for found in (old, recent):
        receipt = {"lines": found["lines"], "manifest_sha256": found["manifest_sha256"]}
        assert world.post(f"{EXPORT}/{found['id']}/receipt", world.agent(), receipt).status_code == 200
    with world.harness.transaction() as session:
        long_ago = clock.now() - timedelta(days=91)
        session.execute(update(ExportBatch).where(ExportBatch.id == UUID(old["id"])).values(acknowledged_at=long_ago))
    world.harness.run_job("purge exports")
    world.harness.run_job("purge exports")
    assert world.get(f"{EXPORT}/{old['id']}/content", world.agent()).status_code == 410
    assert world.get(f"{EXPORT}/{recent['id']}/content", world.agent()).status_code == 200
    assert len(list(Path(world.folder, "storage").rglob("*.zip"))) == 1
    purged = [line for line in world.harness.rows("journal") if line["action"] == "export.purged"]
    assert [(line["actor"], line["subject"]) for line in purged] == [("retention", old["id"])]


def test_the_schedule_makes_one_batch_a_day_from_the_hour_on(
    world: Any, landlord: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = opened(world, 2)
    declare(world, first, landlord)
    settings = world.harness.runtime.settings
    object.__setattr__(settings, "export_hours", "359=20")
    day = clock.now().astimezone(clock.PARIS).replace(hour=19, minute=59)
    monkeypatch.setattr(clock, "now", lambda: day)
    world.harness.run_job("schedule exports")
    assert world.harness.rows("export_batch") == []
    day = day.replace(hour=20)
    world.harness.run_job("schedule exports")
    declare(world, second, landlord)
    world.harness.run_job("schedule exports")
    assert [row["made_by"] for row in world.harness.rows("export_batch")] == ["schedule"]
    day += timedelta(days=1)
    world.harness.run_job("schedule exports")
    assert [row["number"] for row in world.harness.rows("export_batch")] == [1, 2]


def test_hours_are_read_by_caf() -> None:
    hours = schedule.read("6, 359=20")
    assert (hours.of("359"), hours.of("220")) == (20, 6)
    assert schedule.read("").of("359") is None
    assert schedule.read("220=0").of("359") is None
    for bad in ("24", "359=", "35=6", "six"):
        with pytest.raises(SettingsError, match="EXPORT_HOURS"):
            DeclarationSettings(service="declaration", export_hours=bad)
    with pytest.raises(SettingsError, match="RETENTION"):
        DeclarationSettings(service="declaration", export_retention_days=0)


def test_every_state_of_a_batch_has_its_label_and_the_contract_names_it() -> None:
    assert set(states.LABELS) == set(states.Status)
    assert manifest.to_bytes({"b": 1, "a": "é"}) == '{\n  "a": "é",\n  "b": 1\n}\n'.encode()


def test_a_batch_is_claimed_for_its_caf_alone(world: Any, landlord: dict[str, str]) -> None:
    world.register(lot(1), {"caf_code": "220", "user_number": "22000000000001", **lot(2)})
    world.open_campaign("359")
    world.open_campaign("220")
    for item in world.declarations(world.agent(supervisor=True)):
        type_paper(world, item["id"], world.agent(supervisor=True))
    one, other = ready(world, "359"), ready(world, "220")
    assert (one["lines"], other["lines"], one["number"], other["number"]) == (1, 1, 1, 1)
    numbers = [opened_archive(archive(world, each))[0][0]["user_number"] for each in (one, other)]
    assert numbers == ["35900007090001", "22000000000001"]


def test_nothing_new_uses_no_number(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    assert make_export(world).status_code == 409
    declare(world, declaration, landlord)
    assert ready(world)["number"] == 1
    with world.harness.transaction() as session:
        assert selection.next_batch(session, selection.series(session, "359"), "test") is None
    assert [row["last_number"] for row in world.harness.rows("export_series")] == [1]
