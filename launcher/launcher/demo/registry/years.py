"""The campaign year of a demonstration."""

from datetime import date


def last_july(today: date) -> int:
    """The year of the most recent July to have begun: the only one whose rent can be declared."""
    return today.year if today.month >= 7 else today.year - 1
