"""A request repeated with its key has one effect and gets the first answer again, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis import outbox
from chassis.db import make_engine
from chassis.testing.harness import Harness

THINGS = "/api/toybox/v1/things"
ME = uuid4()


def create(toy: Harness, body: dict[str, Any], key: str | None = "k1", sub: UUID = ME) -> Any:
    headers = toy.headers(sub=sub) | ({"Idempotency-Key": key} if key is not None else {})
    return toy.client.post(THINGS, json=body, headers=headers)


def names(toy: Harness) -> list[str]:
    return sorted(row["name"] for row in toy.rows("thing"))


def test_the_second_time_gets_the_first_answer_and_has_no_effect(toy: Harness) -> None:
    first, second = (create(toy, {"name": "a", "amount": "512,30"}) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.status_code == 201
    assert second.headers["location"] == first.headers["location"]
    assert (names(toy), len(toy.published())) == (["a"], 1)


def test_only_the_repetition_says_that_it_is_one(toy: Harness) -> None:
    first, second = (create(toy, {"name": "a"}) for _ in range(2))
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"


def test_without_key_each_request_counts(toy: Harness) -> None:
    assert [create(toy, {"name": "a"}, None).status_code for _ in range(2)] == [201, 409]
    assert toy.rows("idempotency_key") == []


def test_the_same_key_for_another_body_is_refused_and_changes_nothing(toy: Harness) -> None:
    create(toy, {"name": "a"})
    answer = create(toy, {"name": "b"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"
    assert names(toy) == ["a"]


def test_the_same_key_of_another_caller_is_another_request(toy: Harness) -> None:
    assert [create(toy, {"name": name}, sub=uuid4()).status_code for name in ("a", "b")] == [201, 201]
    assert names(toy) == ["a", "b"]


def test_the_same_key_on_another_route_is_another_request(toy: Harness) -> None:
    create(toy, {"name": "a"})
    table = toy.runtime.service.metadata.tables["idempotency_key"]
    with toy.transaction() as session:
        session.execute(table.update().values(route="POST /api/toybox/v1/others"))
    assert create(toy, {"name": "b"}).status_code == 201


def test_a_quoted_key_and_a_bare_one_are_the_same(toy: Harness) -> None:
    create(toy, {"name": "a"}, '"k1"')
    assert create(toy, {"name": "a"}, "k1").headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("key", ['""', "é", "x" * 256])
def test_a_key_that_is_none_is_refused(toy_on_sqlite: Harness, key: str) -> None:
    headers = [
        (b"authorization", toy_on_sqlite.headers()["Authorization"].encode()),
        (b"idempotency-key", key.encode()),
    ]
    answer = toy_on_sqlite.client.post(THINGS, json={"name": "a"}, headers=headers)
    assert answer.status_code == 400
    assert names(toy_on_sqlite) == []


def test_a_refused_request_leaves_no_trace_and_may_be_tried_again(toy: Harness) -> None:
    create(toy, {"name": "taken"}, "other")
    assert create(toy, {"name": "taken"}).status_code == 409
    assert {row["key"] for row in toy.rows("idempotency_key")} == {"other"}
    with toy.transaction() as session:
        session.execute(toy.runtime.service.metadata.tables["thing"].delete())
    assert create(toy, {"name": "taken"}).status_code == 201


def test_a_request_that_crashed_leaves_no_trace(toy: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_args: object) -> None:
        raise RuntimeError("after the insert")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "publish", crash)
        assert create(toy, {"name": "a"}).status_code == 500
    assert (names(toy), toy.rows("idempotency_key")) == ([], [])
    assert create(toy, {"name": "a"}).status_code == 201


def test_many_at_once_with_the_same_key_have_one_effect(toy: Harness) -> None:
    toy.client.get("/api/toybox/v1/ping")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: create(toy, {"name": "a"}), range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answers].count(None) == 1
    assert (names(toy), len(toy.published())) == (["a"], 1)


def test_while_the_first_is_still_running_the_second_is_told_so(toy: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.db.LOCK_TIMEOUT_SECONDS", 1)
    patient, impatient = toy.runtime.engine, make_engine(toy.runtime.settings.database_url)
    inside, go_on = threading.Event(), threading.Event()
    publish = outbox.publish

    def slowly(*args: Any) -> Any:
        inside.set()
        go_on.wait(10)
        return publish(*args)

    monkeypatch.setattr(outbox, "publish", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(create, toy, {"name": "a"})
        assert inside.wait(5)
        monkeypatch.setattr(toy.runtime, "engine", impatient)
        assert create(toy, {"name": "a"}).status_code == 409
        monkeypatch.setattr(toy.runtime, "engine", patient)
        go_on.set()
        assert first.result().status_code == 201
    impatient.dispose()
    assert create(toy, {"name": "a"}).headers["idempotent-replayed"] == "true"


def test_what_is_kept_of_the_request_is_its_fingerprint_alone(toy: Harness) -> None:
    create(toy, {"name": "a", "country": "FR"})
    (row,) = toy.rows("idempotency_key")
    assert len(row["fingerprint"]) == 64
    assert "country" not in str(row)
    assert row["route"] == f"POST {THINGS}"
