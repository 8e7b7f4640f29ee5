"""July's rent: which leases had one, and why others have none to declare."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Exemption(StrEnum):
    """Why a tenancy has no July rent to declare."""

    ENTERED_AFTER_JULY = "entered_after_july"
    LEFT_BEFORE_JULY = "left_before_july"


# CCH R. 823-7: a tenant who enters after July is assessed on the first month of rent, so there is no July rent.
EXEMPTION_LABELS: dict[Exemption, str] = {
    Exemption.ENTERED_AFTER_JULY: "Locataire entré après le 31 juillet : pas de loyer de juillet (CCH R. 823-7).",
    Exemption.LEFT_BEFORE_JULY: "Bail terminé avant le 1er juillet : pas de loyer de juillet.",
}


def first_day(year: int) -> date:
    return date(year, 7, 1)


def last_day(year: int) -> date:
    return date(year, 7, 31)


def exemption(lease_start: date, lease_end: date | None, year: int) -> Exemption | None:
    """Why this lease has nothing to declare for July of the year; None when it existed in July."""
    if lease_start > last_day(year):
        return Exemption.ENTERED_AFTER_JULY
    if lease_end is not None and lease_end < first_day(year):
        return Exemption.LEFT_BEFORE_JULY
    return None


def in_july(day: date, year: int) -> bool:
    return first_day(year) <= day <= last_day(year)
