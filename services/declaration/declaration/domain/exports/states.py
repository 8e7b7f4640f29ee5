"""States of an export batch, as a table: (state, trigger) -> state."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import Table


class Status(StrEnum):
    """Status of a batch."""

    PLANNED = "planned"
    READY = "ready"
    ACKNOWLEDGED = "acknowledged"
    PURGED = "purged"


class Trigger(StrEnum):
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

# A receipt sent twice is the same receipt.
TRANSITIONS: dict[tuple[Status, Trigger], Status] = {
    (Status.PLANNED, Trigger.WRITE): Status.READY,
    (Status.READY, Trigger.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    (Status.ACKNOWLEDGED, Trigger.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    (Status.PURGED, Trigger.ACKNOWLEDGE): Status.PURGED,
    (Status.ACKNOWLEDGED, Trigger.PURGE): Status.PURGED,
}


def _refusal(status: Status, _event: Trigger) -> str:
    return f"Un lot à l’état « {LABELS[status]} » ne le permet pas."


advance = Table(TRANSITIONS, _refusal).advance
