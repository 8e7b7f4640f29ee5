"""Where a lot, and each declaration in it, stands."""

from enum import StrEnum


class BatchStatus(StrEnum):
    """Of a lot."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"


class LineStatus(StrEnum):
    """Of a declaration in it."""

    WAITING = "waiting"
    TRANSMITTED = "transmitted"
    REFUSED = "refused"
