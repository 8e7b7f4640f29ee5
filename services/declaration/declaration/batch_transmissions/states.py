"""States of a batch transmission and of its lines."""

from enum import StrEnum


class BatchStatus(StrEnum):
    """Status of a batch."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"


class LineStatus(StrEnum):
    """Status of a declaration in a batch."""

    WAITING = "waiting"
    TRANSMITTED = "transmitted"
    REFUSED = "refused"
