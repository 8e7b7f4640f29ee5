"""Event envelopes: CloudEvents 1.0 in JSON, personal data sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypedDict, cast
from uuid import UUID

import orjson
from typing_extensions import TypeVar

from chassis import clock, ids, sealing
from chassis.settings import Settings

EXCHANGE = "bailleurs.events"


class EventUnreadable(Exception):
    """The bytes received are not one of our envelopes: set aside for a person, never retried."""


class NoPersonal(TypedDict):
    """Of an event without personal data."""


# Only reading is typed: an event whose fields are known is an event.
Data = TypeVar("Data", bound=Mapping[str, object], covariant=True, default=Mapping[str, Any])
Personal = TypeVar("Personal", bound=Mapping[str, object], covariant=True, default=Mapping[str, Any])


@dataclass(frozen=True, kw_only=True)
class Event(Generic[Data, Personal]):
    """Of unknown fields, `Event`; of those of its schema, `Event[Data, Personal]` (`tools.contract_types`)."""

    type: str
    subject: str
    source: str
    data: Data
    personal: Personal = field(default_factory=lambda: cast(Personal, {}))
    id: UUID = field(default_factory=ids.new_id)
    time: datetime = field(default_factory=clock.now)
    traceparent: str = ""
    correlation_id: str = ""
    causation_id: str = ""

    def to_envelope(self, settings: Settings) -> str:
        """The CloudEvents JSON that is sent and stored; personal data only as a JWE in ``data.personal``."""
        data: dict[str, object] = dict(self.data)
        if self.personal:
            data["personal"] = sealing.seal_personal(settings, self.personal)
        envelope = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": clock.iso(self.time),
            "datacontenttype": "application/json",
            "dataschema": f"urn:bailleurs:event:{self.type}",
            "traceparent": self.traceparent,
            "correlationid": self.correlation_id or str(self.id),
            "causationid": self.causation_id,
            "data": data,
        }
        return orjson.dumps(envelope).decode()


def from_envelope(text: str | bytes, settings: Settings) -> Event:
    """Raises EventUnreadable when the text is not one of our envelopes or cannot be opened."""
    try:
        envelope = orjson.loads(text)
        data = dict(envelope["data"])
        sealed = data.pop("personal", None)
        return Event(
            type=envelope["type"],
            subject=envelope["subject"],
            source=envelope["source"],
            data=data,
            personal=sealing.open_personal(settings, sealed) if sealed else {},
            id=UUID(envelope["id"]),
            time=clock.parse(envelope["time"]),
            traceparent=envelope.get("traceparent", ""),
            correlation_id=envelope.get("correlationid", ""),
            causation_id=envelope.get("causationid", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError, sealing.SealBroken) as error:
        raise EventUnreadable(type(error).__name__) from error


@dataclass(frozen=True)
class Head:
    """The fields of an envelope needed to store it, without opening the sealed part."""

    id: UUID
    type: str
    subject: str


def head(text: str | bytes) -> Head:
    """Raises EventUnreadable."""
    try:
        envelope = orjson.loads(text)
        return Head(UUID(envelope["id"]), _column(envelope["type"]), _column(envelope["subject"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EventUnreadable(type(error).__name__) from error


def _column(text: Any) -> str:
    """A string that fits the outbox and inbox columns on both databases."""
    if not isinstance(text, str) or len(text) > 100 or "\0" in text:
        raise ValueError("not a type or a subject of ours")
    return text
