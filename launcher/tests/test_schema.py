"""A start migrates what is behind, and does not load Alembic for what is not."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from chassis import migrations
from chassis.runtime import Runtime
from chassis.testing import schema as asked

from launcher import schema, services


@pytest.fixture
def habilitation(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    service = services.load("habilitation")
    settings = service.settings(
        service=service.name, environment="test", database_url=database_url, storage_url=f"file://{tmp_path}"
    )
    runtime = Runtime(service, settings)
    yield runtime
    runtime.dispose()


def test_a_new_database_gets_its_schema(habilitation: Runtime) -> None:
    assert not asked.is_current(habilitation)
    schema.upgrade(habilitation)
    assert asked.is_current(habilitation)


def test_a_database_that_is_behind_goes_the_rest_of_the_way(habilitation: Runtime) -> None:
    with habilitation.engine.begin() as connection:
        command.upgrade(migrations.config(habilitation.service, connection), "0001")
    schema.upgrade(habilitation)
    assert asked.is_current(habilitation)


def test_alembic_stays_out_where_there_is_nothing_to_do(habilitation: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.upgrade(habilitation)
    # What is None here cannot be imported.
    monkeypatch.setitem(sys.modules, "chassis.migrations", None)
    monkeypatch.delattr("chassis.migrations")
    schema.upgrade(habilitation)
