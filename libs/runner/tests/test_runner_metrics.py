"""Metrics say how much waits and since when, read from the tables at each scrape."""

from collections.abc import Iterator
from typing import Any

import pytest
from chassis.db import make_engine
from prometheus_client import CollectorRegistry, generate_latest
from runner import metrics
from runner.metrics import Backlogs


@pytest.fixture
def scraped(sqlite_world: Any) -> Any:
    registry = CollectorRegistry(auto_describe=True)
    registry.register(Backlogs(sqlite_world.runtimes))

    def scrape() -> dict[str, float]:
        lines = generate_latest(registry).decode().splitlines()
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}

    return scrape


def test_each_service_has_each_gauge(scraped: Any) -> None:
    names = {name.split("{")[0] for name in scraped()}
    assert names == {name for name, _help in metrics._GAUGES}
    assert len(scraped()) == 2 * len(names)


def test_what_waits_shows_up_at_the_next_scrape_and_goes_with_it(scraped: Any, sqlite_world: Any) -> None:
    assert scraped()['bailleurs_outbox_pending{service="shop"}'] == 0
    sqlite_world.publish(1, 2)
    assert scraped()['bailleurs_outbox_pending{service="shop"}'] == 2
    assert scraped()['bailleurs_outbox_oldest_seconds{service="shop"}'] > 0
    sqlite_world.carrier.relay(sqlite_world.shop.runtime)
    assert scraped()['bailleurs_outbox_pending{service="shop"}'] == 0
    assert scraped()['bailleurs_inbox_pending{service="kitchen"}'] == 2
    sqlite_world.settle()
    assert scraped()['bailleurs_inbox_pending{service="kitchen"}'] == 0


@pytest.fixture
def no_database(sqlite_world: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    away = make_engine("postgresql+psycopg://nobody:x@127.0.0.1:9/none")
    monkeypatch.setattr(sqlite_world.shop.runtime, "engine", away)
    yield
    away.dispose()


def test_a_database_that_is_away_leaves_a_gap_and_the_rest_is_measured(scraped: Any, no_database: None) -> None:
    names = scraped()
    assert 'bailleurs_outbox_pending{service="kitchen"}' in names
    assert 'bailleurs_outbox_pending{service="shop"}' not in names


def test_registering_does_not_need_the_database(sqlite_world: Any, no_database: None) -> None:
    CollectorRegistry(auto_describe=True).register(Backlogs(sqlite_world.runtimes))


def test_what_is_rendered_has_the_requests_too() -> None:
    assert b"http_request_seconds" in metrics.render()
