"""French formats of dates, amounts and numbers. Instants are given in UTC and shown in Europe/Paris."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

PARIS = ZoneInfo("Europe/Paris")
LOCALE = "fr_FR"
NBSP = "\N{NO-BREAK SPACE}"


def day(value: date | str) -> str:
    """`1er janvier 2027`; ISO text is accepted."""
    moment = date.fromisoformat(value) if isinstance(value, str) else value
    text = format_date(moment, "d MMMM y", locale=LOCALE)
    first = text.replace("1 ", "1er ", 1) if moment.day == 1 else text
    return first.replace(" ", NBSP)


def parts(value: date) -> dict[str, int]:
    """The arguments of typst's `datetime`."""
    return {"year": value.year, "month": value.month, "day": value.day}


def instant(value: datetime) -> str:
    """`15 juillet 2026 à 10 h 00 min 05 s`, Paris time. `value` must be aware."""
    local = value.astimezone(PARIS)
    clock = format_datetime(local, "HH 'h' mm 'min' ss 's'", tzinfo=PARIS, locale=LOCALE)
    return f"{day(local.date())} à {clock.replace(' ', NBSP)}"


def instant_utc(value: datetime) -> str:
    """`2026-07-15T08:00:05Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def euros(amount: str | Decimal) -> str:
    """`1 234,50 €` from euros and cents."""
    return format_currency(Decimal(amount), "EUR", locale=LOCALE)


def user_number(digits: str) -> str:
    """`359 00007090001`, as the July letter of the Caf prints it."""
    return f"{digits[:3]}{NBSP}{digits[3:]}" if len(digits) == 14 else digits


def siret(digits: str) -> str:
    """`123 456 782 00012`, a SIREN in threes and the NIC."""
    return NBSP.join((digits[:3], digits[3:6], digits[6:9], digits[9:])) if len(digits) == 14 else digits


def yes_no(value: bool) -> str:
    return "Oui" if value else "Non"
