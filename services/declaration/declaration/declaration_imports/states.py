"""States of a declaration import and of its lines."""

from enum import StrEnum


class Status(StrEnum):
    """Status of a file. Nothing is written to a declaration before `APPLYING`."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    REFUSED = "refused"


class LineStatus(StrEnum):
    """Status of a line: `READY` would change its declaration, `UNCHANGED` would not."""

    WAITING = "waiting"
    READY = "ready"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    APPLIED = "applied"


UNDER_WAY = (Status.RECEIVED, Status.CHECKING, Status.APPLYING)
