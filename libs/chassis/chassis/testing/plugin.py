"""Fixtures: a service on a fresh SQLite or PostgreSQL database, with its HTTP client, its events and its outbox."""

import gc
import os
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from chassis.runtime import Service
from chassis.testing import correlation, order, templates
from chassis.testing.harness import Harness

REQUIRED = "BAILLEURS_REQUIRE_CONTAINERS"
correlation.watch()


@pytest.fixture(autouse=True)
def _subqueries_are_linked() -> Iterator[None]:
    yield
    assert correlation.taken() == []


def engine_answers() -> bool:
    """Whether a container engine runs; raises when ``BAILLEURS_REQUIRE_CONTAINERS`` demands one and none does."""
    try:
        found = subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False).returncode == 0  # noqa: S607 - found on the PATH on purpose
    except (OSError, subprocess.TimeoutExpired):
        found = False
    if not found and os.environ.get(REQUIRED):
        raise pytest.UsageError(f"{REQUIRED} is set and no container engine answers (docker info).")
    return found


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is read for the tests stays to the end: the garbage collector never looks at it, a half second each time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    leave_out_containers(config, items)
    if hasattr(config, "workerinput"):
        order.longest_first(items)


def leave_out_containers(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects tests marked ``containers`` when no engine runs; the run reports how many and why."""
    marked = [item for item in items if item.get_closest_marker("containers")]
    if not marked or engine_answers():
        return
    config.hook.pytest_deselected(items=marked)
    items[:] = [item for item in items if item not in marked]
    config.stash[_LEFT_OUT] = len(marked)


_LEFT_OUT = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left_out := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.section("not run")
        terminalreporter.line(f"{left_out} tests need PostgreSQL or RabbitMQ, and no container engine answers here.")


@contextmanager
def postgres(*, in_memory: bool = False, durable: bool = False) -> Iterator[str]:
    """The address of a PostgreSQL 17 server: from ``BAILLEURS_TEST_POSTGRES``, else started for this run.

    ``in_memory``: for many small databases; not for one that grows, nor where time is measured. ``durable``: commits
    wait for the disk as in production, and their times are kept, where what a commit costs is measured.
    """
    if given := os.environ.get("BAILLEURS_TEST_POSTGRES"):
        yield given
        templates.forget()
        return
    # The fixture stops its container itself; the reaper would be one more image to fetch.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.community.postgres import PostgresContainer  # only where containers are used

    # Test databases are thrown away: syncing to disk would take half of the time.
    settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    if durable:
        settings = ["track_commit_timestamp=on"]
    # Parallel queries share memory: the 64 MB that a container has by default are too few for the benchmarks.
    container = PostgresContainer("postgres:17.6", driver="psycopg", shm_size="512m")
    if in_memory:
        settings += ["wal_level=minimal", "max_wal_senders=0"]
        container.with_tmpfs_mount("/var/lib/postgresql/data")
    with container.with_command(" -c ".join(["postgres", *settings])):
        yield container.get_connection_url()
        templates.forget()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres(in_memory=True) as url:
        yield url


@contextmanager
def fresh_database(postgres_server: str) -> Iterator[str]:
    """The address of an empty database on that server, dropped at the end."""
    address = templates.server(postgres_server)
    name = templates.empty(address)
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    templates.drop(address, name)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh database on that server, dropped at the end."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.containers)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh SQLite, then PostgreSQL database: a test that uses it runs twice."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/{{service}}.sqlite3"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/{{service}}.sqlite3"


HarnessFactory = Callable[..., Harness]


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[HarnessFactory]:
    """``harness(service, database_url, **settings)``: the service migrated and ready, closed at the end."""
    made: list[Harness] = []

    def make(service: Service, database_url: str, **settings: object) -> Harness:
        one = Harness.create(service, database_url, tmp_path, **settings)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
