"""Where a file, and each of its lines, stands."""

from enum import StrEnum


class Status(StrEnum):
    """Of a file. Nothing is written to a declaration before `APPLYING`."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    REFUSED = "refused"


class LineStatus(StrEnum):
    """Of a line: `READY` would change its declaration, `UNCHANGED` would not."""

    WAITING = "waiting"
    READY = "ready"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    APPLIED = "applied"


UNDER_WAY = (Status.RECEIVED, Status.CHECKING, Status.APPLYING)
