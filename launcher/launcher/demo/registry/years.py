"""Which campaign is worth playing today."""

from datetime import date


def last_july(today: date) -> int:
    """The year of the July that has begun last: the only one whose rent can be declared."""
    return today.year if today.month >= 7 else today.year - 1
