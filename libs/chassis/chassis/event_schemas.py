"""Events against their publisher's schemas."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from chassis.events import Event
from chassis.runtime import Service


class EventRefused(Exception):
    """The event does not match its own schema: a programming error of the publisher, raised before anything commits."""


def schema_path(service: Service, event_type: str) -> Path:
    """``declaration.transmitted.v1`` → ``events/transmitted.v1.json`` of the service that publishes it."""
    return service.resource("events") / f"{event_type.split('.', 1)[1]}.json"


@cache
def _validator(path: Path) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(path.read_text()), validate_formats=True)


def check(service: Service, event: Event) -> None:
    """Raises EventRefused with the places that break the schema, never the values."""
    if event.type not in service.published:
        raise EventRefused(f"{service.name} does not list {event.type} among its published events")
    errors = _validator(schema_path(service, event.type)).iter_errors({"data": event.data, "personal": event.personal})
    places = ["/".join(map(str, error.instance_path)) or "/" for error in errors]
    if places:
        raise EventRefused(f"{event.type}: {', '.join(sorted(set(places)))}")
