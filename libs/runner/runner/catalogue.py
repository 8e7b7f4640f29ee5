"""Generates the table of events in docs/events.md from what services publish and subscribe to.

``python -m runner.catalogue docs/events.md identity habilitation …`` rewrites it.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module  # noqa: TID251 - services are named on the command line
from pathlib import Path
from typing import Any

from chassis import event_schemas
from chassis.runtime import Service

START, END = "<!-- events: start -->", "<!-- events: end -->"
_HEAD = "| event | says | from | read by | personal data, sealed |\n|---|---|---|---|---|"
NOBODY = "nobody yet"


def schema(publisher: Service, event_type: str) -> Mapping[str, Any]:
    """The JSON Schema of an event, from the files of its publisher."""
    # JSON Schema: what it may hold is not worth a type here.
    loaded: Mapping[str, Any] = json.loads(event_schemas.schema_path(publisher, event_type).read_text(encoding="utf-8"))
    return loaded


@cache
def has_readers(path: Path) -> bool:
    """False when the schema says ``x-subscribers: []``: deliberately no subscriber yet."""
    return bool(json.loads(path.read_text(encoding="utf-8")).get("x-subscribers", True))


def table(services: Sequence[Service]) -> str:
    """One Markdown row per event, sorted by type."""
    publishers = {event_type: publisher for publisher in services for event_type in publisher.published}
    return "\n".join(
        [_HEAD, *(_row(event_type, publishers[event_type], services) for event_type in sorted(publishers))]
    )


def _row(event_type: str, publisher: Service, services: Iterable[Service]) -> str:
    told = schema(publisher, event_type)
    readers = [one.name for one in services if event_type in {subscription.type for subscription in one.subscriptions}]
    personal = told["properties"].get("personal", {}).get("properties", {})
    place = event_schemas.schema_path(publisher, event_type).name
    link = f"[`{event_type}`](../services/{publisher.name}/events/{place})"
    cells = (link, told["title"], publisher.name, ", ".join(readers) or NOBODY, ", ".join(personal) or "none")
    return f"| {' | '.join(cells)} |"


def refreshed(page: str, services: Sequence[Service]) -> str:
    """The page with the current table; raises ValueError when the page lacks the markers."""
    before, _start, rest = page.partition(START)
    _old, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"the page needs {START} and {END}")
    return f"{before}{START}\n{table(services)}\n{END}{after}"


def main(arguments: Sequence[str]) -> None:
    page = Path(arguments[0])
    services = [import_module(f"{name}.app").service for name in arguments[1:]]
    page.write_text(refreshed(page.read_text(encoding="utf-8"), services), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
