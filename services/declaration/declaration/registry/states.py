"""States of a file of the Caf, registry or answers."""

from enum import StrEnum


class Status(StrEnum):
    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


UNDER_WAY = (Status.RECEIVED.value, Status.RUNNING.value)
