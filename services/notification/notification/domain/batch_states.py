"""The states and destinations of a print batch."""

from enum import StrEnum


class BatchState(StrEnum):
    PLANNED = "planned"
    READY = "ready"
    ACKNOWLEDGED = "acknowledged"


class Destination(StrEnum):
    """Where a batch's letters go: La Poste has one tariff for France and others for abroad."""

    FRANCE = "france"
    ABROAD = "abroad"


def destination_of(*, abroad: bool) -> Destination:
    return Destination.ABROAD if abroad else Destination.FRANCE


DESTINATION_LABELS = {Destination.FRANCE: "France", Destination.ABROAD: "International"}

BATCH_LABELS = {
    BatchState.PLANNED: "En préparation",
    BatchState.READY: "À imprimer",
    BatchState.ACKNOWLEDGED: "Pris en charge par l’imprimeur",
}
