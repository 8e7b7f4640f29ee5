"""The life of a batch as a table: (state, event) -> state."""

from __future__ import annotations

from enum import StrEnum

from chassis.problems import Conflict


class Status(StrEnum):
    """Where a batch stands."""

    PLANNED = "planned"
    READY = "ready"
    ACKNOWLEDGED = "acknowledged"
    PURGED = "purged"


class Event(StrEnum):
    """What can happen to a batch."""

    WRITE = "write"
    ACKNOWLEDGE = "acknowledge"
    PURGE = "purge"


LABELS: dict[Status, str] = {
    Status.PLANNED: "En préparation",
    Status.READY: "À télécharger",
    Status.ACKNOWLEDGED: "Reçu par la Caf",
    Status.PURGED: "Fichier effacé",
}

# A receipt given twice is the same receipt.
TRANSITIONS: dict[tuple[Status, Event], Status] = {
    (Status.PLANNED, Event.WRITE): Status.READY,
    (Status.READY, Event.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    (Status.ACKNOWLEDGED, Event.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    (Status.PURGED, Event.ACKNOWLEDGE): Status.PURGED,
    (Status.ACKNOWLEDGED, Event.PURGE): Status.PURGED,
}


def advance(status: Status, event: Event) -> Status:
    """Raises Conflict, in French, when the table has no such passage."""
    found = TRANSITIONS.get((status, event))
    if found is None:
        raise Conflict(f"Un lot à l’état « {LABELS[status]} » ne le permet pas.")
    return found
