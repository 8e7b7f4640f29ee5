"""Guards over the events: each is described, its example is valid, and somebody listens or the file says why not."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # a test tool without types

from launcher import services

LOADED = {name: services.load(name) for name in services.NAMES}
PUBLISHED = {type_: name for name, service in LOADED.items() for type_ in service.published}
SUBSCRIBED = {one.type for service in LOADED.values() for one in service.subscriptions}


# What gives or takes away a right: within two seconds, however many events wait.
OF_RIGHTS = {
    *(f"habilitation.{change}.v1" for change in ("access_changed", "delegation_changed", "user_withdrawn")),
    *(f"identity.account_{change}.v1" for change in ("suspended", "restored", "closed", "moved")),
}


def schema_of(type_: str) -> dict[str, Any]:
    """The JSON Schema that the publisher checks an event against."""
    file = LOADED[PUBLISHED[type_]].resource("events") / f"{type_.partition('.')[2]}.json"
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def test_each_event_has_one_publisher() -> None:
    every = [type_ for service in LOADED.values() for type_ in service.published]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("type_", sorted(PUBLISHED))
def test_a_published_event_has_a_schema_and_examples_that_match_it(type_: str) -> None:
    schema = schema_of(type_)
    assert schema["$id"] == f"urn:bailleurs:event:{type_}"
    assert schema["additionalProperties"] is False
    Draft202012Validator.check_schema(schema)
    assert schema["examples"]
    for example in schema["examples"]:
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(example)


@pytest.mark.parametrize("type_", sorted(PUBLISHED))
def test_a_published_event_has_a_subscriber_or_says_why_it_has_none(type_: str) -> None:
    schema = schema_of(type_)
    if type_ in SUBSCRIBED:
        assert "x-subscribers" not in schema, "somebody listens: the file says the contrary"
    else:
        assert schema["x-subscribers"] == []
        assert schema["x-subscribers-reason"]


@pytest.mark.parametrize("name", services.NAMES)
def test_what_changes_rights_is_handled_before_all_else_and_nothing_else_is(name: str) -> None:
    assert set(LOADED[name].urgent) == OF_RIGHTS & {one.type for one in LOADED[name].subscriptions}


@pytest.mark.parametrize("type_", sorted(SUBSCRIBED))
def test_what_is_listened_to_is_published_by_somebody(type_: str) -> None:
    assert type_ in PUBLISHED


@pytest.mark.parametrize("name", services.NAMES)
def test_no_schema_describes_an_event_that_nobody_publishes(name: str) -> None:
    service = LOADED[name]
    described = {file.name.removesuffix(".json") for file in service.resource("events").glob("*.json")}
    assert described == {type_.partition(".")[2] for type_ in service.published}


@pytest.mark.parametrize("type_", sorted(PUBLISHED))
def test_names_and_addresses_travel_sealed(type_: str) -> None:
    clear = schema_of(type_)["properties"]["data"]["properties"]
    personal = {"name", "last_name", "first_name", "email", "address", "telephone", "login", "password", "tenant"}
    assert personal & clear.keys() == set()
