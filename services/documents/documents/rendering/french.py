"""French formats of dates, amounts and numbers. Instants are given in UTC and shown in Europe/Paris."""

from datetime import UTC, date, datetime
from decimal import Decimal

from chassis.clock import PARIS
from chassis.french import formats
from chassis.french.formats import NBSP, declarations, user_number

__all__ = ["NBSP", "day", "declarations", "euros", "instant", "instant_utc", "siret", "user_number", "yes_no"]


def day(value: date | str) -> str:
    """`1er janvier 2027`; ISO text is accepted."""
    moment = date.fromisoformat(value) if isinstance(value, str) else value
    return formats.long_date(moment).replace(" ", NBSP)


def instant(value: datetime) -> str:
    """`15 juillet 2026 à 10 h 00 min 05 s`, Paris time. `value` must be aware."""
    local = value.astimezone(PARIS)
    return f"{day(local.date())} à " + f"{local:%H h %M min %S s}".replace(" ", NBSP)


def instant_utc(value: datetime) -> str:
    """`2026-07-15T08:00:05Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def euros(amount: str | Decimal) -> str:
    return formats.euros(Decimal(amount))


def siret(digits: str) -> str:
    """`123 456 782 00012`, a SIREN in threes and the NIC."""
    return NBSP.join((digits[:3], digits[3:6], digits[6:9], digits[9:])) if len(digits) == 14 else digits


def yes_no(value: bool) -> str:
    return "Oui" if value else "Non"
