"""The event contracts of the five services: any test can deliver what the publisher could have sent."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

import chassis
from chassis.events import Event

# Tests run in a checkout, where the services are beside the libraries.
SERVICES = Path(chassis.__file__).parents[3] / "services"
_ID = "urn:bailleurs:event:"


@cache
def _schemas() -> dict[str, Any]:
    """Event type → schema; a type does not always begin with the name of its publisher."""
    read = [json.loads(file.read_text(encoding="utf-8")) for file in SERVICES.glob("*/events/*.json")]
    return {schema["$id"].removeprefix(_ID): schema for schema in read}


@cache
def _validator(event_type: str) -> Any:
    return jsonschema_rs.Draft202012Validator(_schemas()[event_type], validate_formats=True)


def faults(event: Event) -> list[str]:
    """The publisher's schema errors for an event, by place; none for an event of a test's toy service."""
    if event.type not in _schemas():
        ours = {known.partition(".")[0] for known in _schemas()}
        return ["nobody publishes it"] if event.type.partition(".")[0] in ours else []
    content = {"data": event.data, "personal": event.personal}
    errors = _validator(event.type).iter_errors(content)
    return [f"{'/'.join(map(str, error.instance_path)) or '/'}: {error.message}" for error in errors]


def known() -> list[str]:
    """The types of all events that the five services publish."""
    return sorted(_schemas())


def example(event_type: str) -> dict[str, Any]:
    """A copy of the first example of the publisher's schema; the test may change it."""
    found: dict[str, Any] = json.loads(json.dumps(_schemas()[event_type]["examples"][0]))
    return {"personal": {}, **found}
