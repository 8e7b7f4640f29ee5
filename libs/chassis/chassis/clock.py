"""The clock. Instants are aware and in UTC everywhere; Europe/Paris is used only where people read or type."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in France: deadlines are French days, not UTC ones."""
    return now().astimezone(PARIS).date()


def iso(instant: datetime) -> str:
    """RFC 3339 with a ``Z``; raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime")
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The aware UTC instant written in RFC 3339; raises ValueError for anything else, naive times included."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("naive datetime")
    return instant.astimezone(UTC)
