"""One file sent twice at the same moment is one import, and both senders are led to it."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis import ids
from chassis.storage import Storage
from declaration.declaration_imports import commands as filled
from declaration.registry import commands as registry_commands
from declaration.registry import import_path
from declaration_desk import FILLED, Desk
from declaration_exchange import answers_file, send_answers

TOGETHER = 4


def hand_over(world: Any, content: bytes, headers: dict[str, str]) -> Any:
    file = {"file": ("registre.csv", content)}
    answer = world.harness.client.post("/api/declaration/v1/registry-imports", files=file, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def kept(world: Any) -> list[str]:
    storage = Storage(world.harness.runtime.settings.storage_url)
    return [row["storage_key"] for row in world.harness.rows("registry_import") if storage.exists(row["storage_key"])]


@pytest.mark.parametrize("supervisor", [False, True])
def test_a_registry_file_sent_by_several_together_is_one_import_until_it_has_ended(
    world: Any, supervisor: bool
) -> None:
    content = world.file({}).read_bytes()
    agents = [world.agent("000", supervisor=True) if supervisor else world.agent() for _ in range(TOGETHER)]
    with ThreadPoolExecutor(TOGETHER) as pool:
        led = set(pool.map(lambda agent: hand_over(world, content, agent), agents))
    [row] = world.harness.rows("registry_import")
    assert led == {str(row["id"])}
    assert kept(world) == [row["storage_key"]]
    assert [line["action"] for line in world.harness.rows("journal")] == ["registry.received"]
    world.harness.run_job("read registry files")
    assert world.get(f"/registry-imports/{row['id']}", agents[0]).json()["status"] == "done"
    assert hand_over(world, content, agents[0]) not in led


def test_the_same_registry_file_of_another_caf_is_another_import(world: Any) -> None:
    content = world.file({}).read_bytes()
    assert hand_over(world, content, world.agent("359")) != hand_over(world, content, world.agent("220"))


def test_the_command_reads_a_file_that_waits_and_leaves_one_that_is_being_read(world: Any) -> None:
    runtime, path = world.harness.runtime, world.file({})
    waiting = hand_over(world, path.read_bytes(), world.agent())
    done = import_path(runtime, path, "test", caf_code="359")
    assert (done["id"], done["status"]) == (waiting, "done")
    with path.open("rb") as stream:
        running, _ = registry_commands.receive(
            runtime, stream, "r.csv", caf_code="359", sent_by="test", worker=ids.new_id()
        )
    left = import_path(runtime, path, "test", caf_code="359")
    assert (left["id"], left["status"]) == (str(running), "running")


def test_a_filled_file_sent_twice_together_is_one_import(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    look = filled._waiting

    def look_slowly(*asked: Any) -> Any:
        found = look(*asked)
        time.sleep(0.3)
        return found

    # Long enough for all to look before the first has written.
    monkeypatch.setattr(filled, "_waiting", look_slowly)
    world.register({})
    world.open_campaign()
    desk = Desk(world, world.landlord())
    content = desk.filled(desk.template(), FILLED)
    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(lambda _: desk.send(content), range(TOGETHER)))
    assert {answer.status_code for answer in answers} == {202}
    [row] = world.harness.rows("declaration_import")
    assert {answer.json()["id"] for answer in answers} == {str(row["id"])}


def test_answers_sent_twice_together_are_one_import(world: Any) -> None:
    content = answers_file({"reference": "R26-0000-0000-0000-0000", "answer": "accepted"})
    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(lambda _: send_answers(world, content), range(TOGETHER)))
    [row] = world.harness.rows("answer_import")
    assert {answer.json()["id"] for answer in answers} == {str(row["id"])}
