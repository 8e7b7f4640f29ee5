"""The five services agree about events, and the page that lists them is up to date."""

from collections.abc import Iterator
from importlib import import_module  # noqa: TID251 - names are found at run time
from typing import Any

import jsonschema_rs
import pytest
from chassis import event_schemas
from chassis.events import Event
from chassis.runtime import Service
from runner import catalogue

NAMES = ("identity", "habilitation", "declaration", "notification", "documents")
SERVICES: list[Service] = [import_module(f"{name}.app").service for name in NAMES]
PUBLISHED = [(service, event_type) for service in SERVICES for event_type in service.published]
HEARD = {subscription.type for service in SERVICES for subscription in service.subscriptions}


def named(schema: Any) -> Iterator[str]:
    """The names of all members, however deep."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from named(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from named(part)


def test_the_page_of_events_is_what_the_services_say(pytestconfig: pytest.Config) -> None:
    page = (pytestconfig.rootpath / "docs" / "events.md").read_text(encoding="utf-8")
    command = f"python -m runner.catalogue docs/events.md {' '.join(NAMES)}"
    assert page == catalogue.refreshed(page, SERVICES), f"write it again: {command}"
    assert command in page


def test_every_event_that_is_read_is_published() -> None:
    assert {event_type for _service, event_type in PUBLISHED} >= HEARD


def test_every_event_has_one_publisher() -> None:
    types = [event_type for _service, event_type in PUBLISHED]
    assert len(types) == len(set(types))


@pytest.mark.parametrize(("service", "event_type"), PUBLISHED, ids=[event_type for _service, event_type in PUBLISHED])
class TestEachEvent:
    def test_has_readers_or_says_why_not(self, service: Service, event_type: str) -> None:
        assert catalogue.has_readers(event_schemas.schema_path(service, event_type)) is (event_type in HEARD)

    def test_has_a_schema_of_its_name_that_is_closed_and_explained(self, service: Service, event_type: str) -> None:
        schema = catalogue.schema(service, event_type)
        assert schema["$id"] == f"urn:bailleurs:event:{event_type}"
        assert schema["title"]
        assert schema["description"]
        assert schema["additionalProperties"] is False
        assert schema["properties"]["data"]["additionalProperties"] is False
        jsonschema_rs.meta.validate(dict(schema))

    def test_has_examples_that_keep_its_own_rules(self, service: Service, event_type: str) -> None:
        examples = catalogue.schema(service, event_type)["examples"]
        assert examples
        for example in examples:
            personal = example.get("personal", {})
            event = Event(type=event_type, subject="x", source=service.name, data=example["data"], personal=personal)
            event_schemas.check(service, event)

    def test_names_no_person_in_clear(self, service: Service, event_type: str) -> None:
        members = set(named(catalogue.schema(service, event_type)["properties"]["data"]))
        assert not members & {"name", "last_name", "first_name", "email", "civility", "telephone", "address", "tenants"}
        assert not members & {"password", "login", "secret", "token"}


def test_every_schema_file_is_published() -> None:
    for service in SERVICES:
        files = {path.name for path in service.resource("events").glob("*.json")}
        assert files == {event_schemas.schema_path(service, event_type).name for event_type in service.published}


def test_the_table_has_a_row_for_each_event_and_its_readers() -> None:
    lines = catalogue.table(SERVICES).splitlines()
    assert len(lines) == 2 + len(PUBLISHED)
    (row,) = [line for line in lines if "`declaration.transmitted.v1`" in line]
    assert "| declaration | documents |" in row
    (unread,) = [line for line in lines if "`notification.delivered.v1`" in line]
    assert catalogue.NOBODY in unread


def test_a_page_keeps_what_stands_around_the_table() -> None:
    page = f"before\n{catalogue.START}\nstale\n{catalogue.END}\nafter\n"
    new = catalogue.refreshed(page, SERVICES)
    assert new.startswith("before\n")
    assert new.endswith("\nafter\n")
    assert "stale" not in new
    assert catalogue.refreshed(new, SERVICES) == new


@pytest.mark.parametrize("page", ["", catalogue.START, catalogue.END])
def test_a_page_without_a_place_for_the_table_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="needs"):
        catalogue.refreshed(page, SERVICES)


def test_the_command_writes_the_page(tmp_path: Any) -> None:
    page = tmp_path / "events.md"
    page.write_text(f"{catalogue.START}{catalogue.END}", encoding="utf-8")
    catalogue.main([str(page), "habilitation"])
    assert "habilitation.access_changed.v1" in page.read_text(encoding="utf-8")
