"""What a service says of itself, and what the test harness makes of it."""

import dataclasses
from typing import Any

import pytest
from chassis.events import Event
from chassis.testing import contracts
from chassis.testing.harness import Harness
from sqlalchemy import insert
from toybox import consumes
from toybox.app import service
from toybox.models import Thing


def test_the_paths_of_a_service_follow_from_its_name() -> None:
    assert service.base_path == "/api/toybox/v1"
    assert (service.migrations / "versions" / "0001_things.py").exists()


def test_a_file_is_found_inside_the_package_or_beside_it() -> None:
    assert service.resource("openapi.yaml").parent.name == "toybox"
    assert service.resource("nothing.here").parent.name == "toys"


def test_each_subscription_has_its_handler() -> None:
    assert service.handler_of("shop.ordered.v1") is consumes.ordered
    with pytest.raises(KeyError):
        service.handler_of("shop.unknown.v1")


def test_two_services_do_not_share_what_they_remember() -> None:
    assert dataclasses.replace(service, name="other", _cache={})._cache is not service._cache


def test_delivering_an_event_that_fails_fails_the_test(toy_on_sqlite: Harness) -> None:
    with pytest.raises(AssertionError, match=r"shop.broken.v1"):
        toy_on_sqlite.deliver("shop.broken.v1", {"id": "x"}, {"last_name": "y"})


@pytest.mark.parametrize("broken", [{"scopes": [{"housing_type": "castle"}]}, {"version": None}, {"more": 1}])
def test_delivering_what_its_publisher_could_not_send_fails_the_test(
    toy_on_sqlite: Harness, broken: dict[str, object]
) -> None:
    good = contracts.example("habilitation.access_changed.v1")
    with pytest.raises(AssertionError, match=next(iter(broken))):
        toy_on_sqlite.deliver("habilitation.access_changed.v1", {**good["data"], **broken}, good["personal"])
    assert toy_on_sqlite.rows("inbox") == []


def test_delivering_what_nobody_publishes_fails_the_test(toy_on_sqlite: Harness) -> None:
    with pytest.raises(AssertionError, match="nobody publishes it"):
        toy_on_sqlite.deliver("identity.account_opened.v1", {"account_id": "x"})


def test_every_example_of_every_service_could_be_delivered() -> None:
    types = contracts.known()
    assert len(types) > 20
    for event_type in types:
        event = Event(type=event_type, subject="x", source="x", **contracts.example(event_type))
        assert contracts.faults(event) == [], event_type


def test_a_periodic_job_can_be_run_by_its_name(toy_on_sqlite: Harness) -> None:
    with toy_on_sqlite.transaction() as session:
        session.execute(insert(Thing), [{"name": "old one"}, {"name": "new one"}])
    toy_on_sqlite.run_job("tidy")
    assert [row["name"] for row in toy_on_sqlite.rows("thing")] == ["new one"]


@pytest.mark.parametrize("claims", [{}, {"kind": "agent", "caf": "359"}, {"org": None}])
def test_tokens_of_the_harness_are_accepted(toy_on_sqlite: Harness, claims: dict[str, Any]) -> None:
    answer = toy_on_sqlite.client.get("/api/toybox/v1/me", headers=toy_on_sqlite.headers(**claims))
    assert answer.status_code == 200
