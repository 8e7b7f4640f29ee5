"""French formats of dates and numbers; instants in Paris time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\u00a0"


def long_date(day: date) -> str:
    """« 1er août 2027 », « 31 octobre 2027 »."""
    written: str = format_date(day, "d MMMM y", locale="fr")
    return written.replace("1 ", "1er ", 1) if day.day == 1 else written


def instant(moment: datetime) -> str:
    """« 31 octobre 2027 à 14 h 05 (heure de Paris) »; `moment` is aware."""
    local = moment.astimezone(PARIS)
    return f"{long_date(local.date())} à {local.hour}{NBSP}h{NBSP}{local.minute:02d} (heure de Paris)"


def user_number(digits: str) -> str:
    """14 digits as printed on the July letter: « 359 00007090001 »."""
    return f"{digits[:3]}{NBSP}{digits[3:]}"


def count(number: int, one: str, many: str) -> str:
    """« 1 locataire », « 3 locataires »; in French zero is singular."""
    return f"{number}{NBSP}{one if number < 2 else many}"
