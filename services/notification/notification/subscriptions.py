"""`@handles(type)` subscribes the function below it: a new message is one function, its event named above it."""

from collections.abc import Callable
from typing import Any, TypeVar

from chassis.events import Event
from chassis.runtime import Subscription
from sqlalchemy.orm import Session

Handler = TypeVar("Handler", bound=Callable[[Session, Event[Any, Any]], None])
HANDLED: list[Subscription] = []


def handles(*event_types: str) -> Callable[[Handler], Handler]:
    def subscribe(handler: Handler) -> Handler:
        HANDLED.extend(Subscription(event_type, handler) for event_type in event_types)
        return handler

    return subscribe
