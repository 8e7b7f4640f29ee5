"""The schema comes from migrations alone, and says the same as the models."""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chassis import migrations
from chassis.db import service_metadata
from chassis.runtime import Runtime
from chassis.settings import Settings
from chassis.testing import schema
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from sqlalchemy import Column, Integer, MetaData, Table, inspect
from toybox.app import service

CHASSIS_TABLES = {"outbox", "inbox", "journal", "idempotency_key"}


@pytest.fixture
def empty(database_url: str) -> Iterator[Runtime]:
    """The toy service on a database where nothing was migrated yet."""
    runtime = Runtime(service, Settings(service="toybox", database_url=database_url))
    yield runtime
    runtime.dispose()


def test_a_database_without_schema_is_not_current_and_is_after_the_upgrade(empty: Runtime) -> None:
    assert not schema.is_current(empty)
    migrations.upgrade(empty)
    assert schema.is_current(empty)
    assert {*CHASSIS_TABLES, "thing"} <= set(inspect(empty.engine).get_table_names())


def test_the_models_say_what_the_migrations_made(toy: Harness) -> None:
    assert schema.differences(toy.runtime) == []


def test_a_model_without_its_migration_is_seen(toy: Harness) -> None:
    metadata = MetaData()
    for table in service.metadata.tables.values():
        table.to_metadata(metadata)
    Table("forgotten", metadata, Column("id", Integer, primary_key=True))
    grown = Runtime(dataclasses.replace(service, metadata=metadata), toy.runtime.settings)
    found = schema.differences(grown)
    grown.dispose()
    assert [(kind, table.name) for kind, table in found] == [("add_table", "forgotten")]


def test_upgrading_again_changes_nothing(toy: Harness) -> None:
    with toy.transaction() as session:
        session.execute(service.metadata.tables["thing"].insert().values(name="kept"))
    migrations.upgrade(toy.runtime)
    assert [row["name"] for row in toy.rows("thing")] == ["kept"]


def test_processes_that_start_together_upgrade_once(database_url: str) -> None:
    runtimes = [Runtime(service, Settings(service="toybox", database_url=database_url)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrations.upgrade, runtimes))
    assert all(schema.is_current(runtime) for runtime in runtimes)
    for runtime in runtimes:
        runtime.dispose()


def test_a_service_has_one_head() -> None:
    assert schema.heads(service) == ("0001",)


def test_every_service_starts_with_the_tables_of_the_chassis() -> None:
    assert set(service_metadata().tables) == CHASSIS_TABLES


def test_a_new_migration_is_written_from_the_models_with_plain_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: Runtime
) -> None:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    monkeypatch.setattr(type(service), "migrations", property(lambda _self: tmp_path / "migrations"))
    migrations.revision(empty, "things", "0001")
    written = next((tmp_path / "migrations" / "versions").glob("0001_*.py")).read_text()
    assert "sa.DateTime(timezone=True)" in written
    assert "sa.BigInteger()" in written
    assert "create_chassis_tables(op.get_bind())" in written
    assert "chassis.db" not in written
    assert 'create_table("outbox"' not in written.replace("'", '"').replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("_turn", [1, 2])
def test_what_a_test_writes_is_not_in_the_next_ones_copy(
    harness: HarnessFactory, database_url: str, _turn: int
) -> None:
    one = harness(service, database_url)
    assert (schema.is_current(one.runtime), one.rows("thing")) == (True, [])
    with one.transaction() as session:
        session.execute(service.metadata.tables["thing"].insert().values(name="mine"))


def test_a_second_harness_on_a_database_finds_what_the_first_wrote(
    harness: HarnessFactory, database_url: str, tmp_path: Path
) -> None:
    # The process has its template by now, whichever test comes first.
    harness(service, f"sqlite:///{tmp_path}/other.sqlite3").close()
    first = harness(service, database_url)
    with first.transaction() as session:
        session.execute(service.metadata.tables["thing"].insert().values(name="kept"))
    # SQLite keeps the row beside its file until the last connection is closed.
    first.close()
    assert [row["name"] for row in harness(service, database_url).rows("thing")] == ["kept"]
