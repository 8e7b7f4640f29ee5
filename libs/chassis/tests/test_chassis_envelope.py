"""The envelope that travels: CloudEvents 1.0, checked by its schema, opened only with our key."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, event_schemas, events, keys
from chassis.event_schemas import EventRefused
from chassis.events import Event, EventUnreadable
from chassis.settings import Settings
from chassis.testing.harness import SEALING
from hypothesis import given
from hypothesis import strategies as st
from toybox.app import service

KEYS: dict[str, Any] = SEALING
SETTINGS = Settings(service="toybox", environment="test", **KEYS)
TEXT = st.text(max_size=20)
VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT | st.lists(TEXT, max_size=3)


def event(**changes: Any) -> Event:
    return Event(**{"type": "toybox.made.v1", "subject": "s", "source": "toybox", "data": {"name": "a"}, **changes})


@given(st.dictionaries(TEXT.filter(lambda name: name != "personal"), VALUES, max_size=4), TEXT)
def test_an_event_comes_out_of_its_envelope_as_it_went_in(data: dict[str, Any], subject: str) -> None:
    sent = event(data=data, subject=subject, personal={"last_name": "Le Goff"}, correlation_id="c", causation_id="d")
    assert events.from_envelope(sent.to_envelope(SETTINGS), SETTINGS) == sent


def test_the_envelope_is_a_cloud_event_of_version_1() -> None:
    sent = event(time=datetime(2026, 7, 1, 8, tzinfo=UTC), traceparent="00-a-b-01")
    assert json.loads(sent.to_envelope(SETTINGS)) == {
        "specversion": "1.0",
        "id": str(sent.id),
        "source": "toybox",
        "type": "toybox.made.v1",
        "subject": "s",
        "time": "2026-07-01T08:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:bailleurs:event:toybox.made.v1",
        "traceparent": "00-a-b-01",
        "correlationid": str(sent.id),
        "causationid": "",
        "data": {"name": "a"},
    }


def test_personal_data_is_nowhere_in_the_envelope() -> None:
    envelope = event(personal={"last_name": "Le Goff", "lines": ["2 place des Lices"]}).to_envelope(SETTINGS)
    assert "Le Goff" not in envelope
    assert "Lices" not in envelope
    assert "last_name" not in envelope


def test_data_is_not_changed_by_making_the_envelope() -> None:
    sent = event(personal={"last_name": "x"})
    sent.to_envelope(SETTINGS)
    assert sent.data == {"name": "a"}


def test_another_key_makes_it_unreadable() -> None:
    other = Settings(service="toybox", environment="test", event_key=keys.b64(b"x" * 32))
    with pytest.raises(EventUnreadable):
        events.from_envelope(event(personal={"last_name": "x"}).to_envelope(SETTINGS), other)


def broken(**changes: Any) -> str:
    envelope = {**json.loads(event().to_envelope(SETTINGS)), **changes}
    return json.dumps({name: value for name, value in envelope.items() if value is not ...})


UNREADABLE = {
    "no json": "not json",
    "empty": "",
    "bad utf-8": b"\xff\xfe",
    "a list": "[]",
    "a number": "5",
    "null": "null",
    "nested": "[" * 100_000,
    "no id": broken(id=...),
    "id is no uuid": broken(id="5"),
    "id is a number": broken(id=5),
    "id is null": broken(id=None),
    "no type": broken(type=...),
}
HEADLESS = {
    **UNREADABLE,
    "no subject": broken(subject=...),
    "subject too long for its column": broken(subject="x" * 101),
    "type too long for its column": broken(type="x" * 101),
    "nul in the subject": broken(subject="a\0"),
    "subject is a list": broken(subject=["a"]),
}
BODILESS = {
    **UNREADABLE,
    "no data": broken(data=...),
    "data is a text": broken(data="x"),
    "data is a number": broken(data=5),
    "naive time": broken(time="2026-07-01T00:00:00"),
    "time is a number": broken(time=5),
    "no time": broken(time=...),
    "personal is no seal": broken(data={"personal": "x"}),
    "personal in clear": broken(data={"personal": {"last_name": "x"}}),
}


@pytest.mark.parametrize("text", HEADLESS.values(), ids=HEADLESS)
def test_what_is_no_envelope_of_ours_is_unreadable_when_received(text: str | bytes) -> None:
    with pytest.raises(EventUnreadable):
        events.head(text)


@pytest.mark.parametrize("text", BODILESS.values(), ids=BODILESS)
def test_what_is_no_envelope_of_ours_is_unreadable_when_opened(text: str | bytes) -> None:
    with pytest.raises(EventUnreadable):
        events.from_envelope(text, SETTINGS)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_at_all_make_reading_crash(text: str | bytes) -> None:
    with pytest.raises(EventUnreadable):
        events.head(text)
    with pytest.raises(EventUnreadable):
        events.from_envelope(text, SETTINGS)


@given(st.sampled_from(["id", "source", "type", "subject", "time", "data", "traceparent"]), VALUES)
def test_no_wrong_member_makes_reading_crash(member: str, value: Any) -> None:
    for read in (events.head, lambda text: events.from_envelope(text, SETTINGS)):
        try:
            read(broken(**{member: value}))
        except EventUnreadable:
            continue


def test_why_it_is_unreadable_is_said_without_its_content() -> None:
    with pytest.raises(EventUnreadable) as refused:
        events.head('{"id": "Mme Le Goff"}')
    assert "Le Goff" not in str(refused.value)


def test_the_head_is_read_without_the_key() -> None:
    sent = event(personal={"last_name": "x"})
    head = events.head(sent.to_envelope(SETTINGS))
    assert (head.id, head.type, head.subject) == (sent.id, "toybox.made.v1", "s")
    assert isinstance(head.id, UUID)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"data": {}}, "data"),
    ({"data": {"name": 5}}, "data/name"),
    ({"data": {"name": "x" * 41}}, "data/name"),
    ({"data": {"name": "a", "more": 1}}, "data"),
    ({"data": {"name": "a", "on": "2026-13-99"}}, "data/on"),
    ({"data": {"name": "a"}, "personal": {"first_name": "x"}}, "personal"),
    ({"data": {"name": "a"}, "personal": {"lines": ["a", 5]}}, "personal/lines/1"),
]


@pytest.mark.parametrize(("changes", "place"), REFUSED)
def test_an_event_that_breaks_its_schema_is_refused_with_the_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(EventRefused, match=rf"toybox.made.v1: {place}$"):
        event_schemas.check(service, event(**changes))


def test_all_broken_places_are_named_and_no_value() -> None:
    with pytest.raises(EventRefused) as refused:
        event_schemas.check(service, event(data={"name": 5}, personal={"last_name": 7, "lines": "2 place des Lices"}))
    assert str(refused.value) == "toybox.made.v1: data/name, personal/last_name, personal/lines"


def test_a_service_publishes_only_what_it_lists() -> None:
    with pytest.raises(EventRefused, match=r"does not list shop.ordered.v1"):
        event_schemas.check(service, event(type="shop.ordered.v1"))


def test_the_schema_of_an_event_stands_beside_the_package_of_its_publisher() -> None:
    assert event_schemas.schema_path(service, "toybox.made.v1").name == "made.v1.json"
    assert event_schemas.schema_path(service, "registry.made.v1").name == "made.v1.json"


def test_an_event_is_dated_now() -> None:
    assert abs((clock.now() - event().time).total_seconds()) < 5
