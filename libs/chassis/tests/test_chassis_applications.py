"""One application serves test after test: each meets its own data, and its own settings."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.applications import Pool
from chassis.testing.harness import Harness
from sqlalchemy.sql.compiler import SQLCompiler
from toybox.app import service
from toybox.models import Thing

BASE = "/api/toybox/v1"
Make = Callable[..., Harness]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Harness] = []

    def one(**settings: object) -> Harness:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Harness.create(service, f"sqlite:///{folder}/{{service}}.sqlite3", folder, **settings))
        return made[-1]

    yield one
    for harness in made:
        harness.close()


def holding(harness: Harness, name: str) -> Harness:
    with harness.transaction() as session:
        session.add(Thing(name=name))
    return harness


def seen(harness: Harness) -> list[str]:
    return list(harness.client.get(f"{BASE}/things").json()["items"])


def test_two_at_once_each_answer_with_their_own_data(make: Make) -> None:
    first, second = holding(make(), "chair"), holding(make(), "table")
    assert [seen(first), seen(second), seen(first)] == [["chair"], ["table"], ["chair"]]


def test_the_next_is_given_the_same_application_and_meets_nothing_of_the_last(make: Make) -> None:
    first = holding(make(), "chair")
    assert seen(first) == ["chair"]
    application = first.client.app
    first.close()
    second = holding(make(), "table")
    assert seen(second) == ["table"]
    assert second.client.app is application


def test_what_depends_on_a_setting_is_built_again(make: Make) -> None:
    def status(harness: Harness) -> int:
        upload = {"file": ("x.csv", b"x" * 2_000_000)}
        return int(harness.client.post(f"{BASE}/uploads", files=upload).status_code)

    patient = make()
    assert status(patient) == 201
    patient.close()
    assert status(make(upload_max_bytes=1_000_000)) == 413


def test_what_a_test_replaces_in_its_runtime_the_application_sees(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    harness, other = make(), holding(make(), "table")
    assert seen(harness) == []
    monkeypatch.setattr(harness.runtime, "engine", other.runtime.engine)
    assert seen(harness) == ["table"]


def test_what_still_runs_when_its_test_is_over_reaches_no_other(make: Make) -> None:
    lent_to, pool = make(), Pool(lambda runtime: runtime)
    lent = pool.lend(lent_to.runtime)
    assert lent.application.engine is lent_to.runtime.engine
    pool.take_back(lent)
    with pytest.raises(AttributeError):
        _ = lent.application.engine


def test_a_statement_is_compiled_by_the_first_test_that_runs_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = holding(make(), "chair"), holding(make(), "table")
    assert seen(first) == ["chair"]
    compiled: list[int] = []
    whole: Any = SQLCompiler.__init__

    def counted(self: Any, *args: Any, **more: Any) -> None:
        compiled.append(1)
        whole(self, *args, **more)

    monkeypatch.setattr(SQLCompiler, "__init__", counted)
    assert seen(second) == ["table"]
    assert compiled == []


def test_what_depends_on_the_environment_is_built_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make()
    application = first.client.app
    first.close()
    monkeypatch.setenv("BAILLEURS_A_SECRET", "s")
    assert make().client.app is not application
