"""What happens to a print batch."""

from enum import StrEnum


class BatchState(StrEnum):
    PLANNED = "planned"
    READY = "ready"
    ACKNOWLEDGED = "acknowledged"


BATCH_LABELS = {
    BatchState.PLANNED: "En préparation",
    BatchState.READY: "À imprimer",
    BatchState.ACKNOWLEDGED: "Pris en charge par l’imprimeur",
}
