"""States of a batch transmission and of its lines."""

from enum import StrEnum


class BatchStatus(StrEnum):
    """Of a batch."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"


class LineStatus(StrEnum):
    """Of a declaration in it."""

    WAITING = "waiting"
    TRANSMITTED = "transmitted"
    REFUSED = "refused"
