"""A toy service on a database of each kind, emptied between tests: making a fresh one each time would be slow."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis import tracing
from chassis.testing.harness import Harness
from chassis.testing.plugin import fresh_database

sys.path.insert(0, str(Path(__file__).parent / "toys"))

from toybox.app import service


@pytest.fixture(scope="session", autouse=True)
def _tracing() -> None:
    tracing.configure("tests")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("template")
    Harness.create(service, f"sqlite:///{directory}/toybox.sqlite3", directory).close()
    return directory / "toybox.sqlite3"


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def toy_on_postgres(shared_postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    toy = Harness.create(service, shared_postgres_url, tmp_path_factory.mktemp("files"))
    yield toy
    toy.close()


@pytest.fixture
def toy_on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Harness]:
    shutil.copy(sqlite_template, tmp_path / "toybox.sqlite3")
    toy = Harness.create(service, f"sqlite:///{tmp_path}/toybox.sqlite3", tmp_path)
    yield toy
    toy.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.containers)])
def toy(request: pytest.FixtureRequest) -> Harness:
    """The toy service, empty, once on each database."""
    if request.param == "sqlite":
        own: Harness = request.getfixturevalue("toy_on_sqlite")
        return own
    shared: Harness = request.getfixturevalue("toy_on_postgres")
    with shared.transaction() as session:
        for table in service.metadata.tables.values():
            session.execute(table.delete())
    return shared
