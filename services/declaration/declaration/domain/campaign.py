"""Phases and dates of a campaign: who may still declare, and who declares late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chassis.problems import Conflict, FieldError, Invalid
from chassis.states import Table

from declaration.domain import july

FIRST_YEAR = 2019
MOST_REMINDERS = 10


class Phase(StrEnum):
    """`draft → open → closed`."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Trigger(StrEnum):
    """An agent's action on a campaign."""

    OPENING = "opening"
    CLOSING = "closing"


TRANSITIONS: dict[tuple[Phase, Trigger], Phase] = {
    (Phase.DRAFT, Trigger.OPENING): Phase.OPEN,
    (Phase.OPEN, Trigger.CLOSING): Phase.CLOSED,
}
LABELS: dict[Phase, str] = {Phase.DRAFT: "en préparation", Phase.OPEN: "ouverte", Phase.CLOSED: "close"}


def _refusal(phase: Phase, _act: Trigger) -> str:
    return f"Cette campagne est {LABELS[phase]} : cette action n’est pas possible."


advance = Table(TRANSITIONS, _refusal).advance


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates of a campaign, French time. Declarations are late after the deadline and refused after the cut-off."""

    year: int
    opens_on: date
    deadline: date
    cut_off: date


def usual_reminders(dates: Dates) -> list[date]:
    """Default reminders: 30, 14 and 3 days before the deadline."""
    days = [dates.deadline - timedelta(days=before) for before in (30, 14, 3)]
    return [day for day in days if day > dates.opens_on]


def checked_reminders(reminders: Iterable[date], dates: Dates) -> list[date]:
    """The days without duplicates, in order. Raises Invalid for one before the opening or after the last day."""
    days = sorted(set(reminders))
    if len(days) > MOST_REMINDERS or any(not dates.opens_on < day <= dates.cut_off for day in days):
        rule = f"{MOST_REMINDERS} dates au plus, après l’ouverture et jusqu’au dernier jour"
        detail = "Ces dates de rappel ne conviennent pas."
        example = f"{dates.year}-10-15"
        raise Invalid([FieldError(pointer="/reminders", code="reminders", detail=detail, rule=rule, example=example)])
    return days


def due_reminder(reminders: Iterable[date], today: date) -> date | None:
    """The reminder to send now: the latest whose day has come. An earlier missed one is not sent as well."""
    return max((day for day in reminders if day <= today), default=None)


def planned(year: int, deadline: date, cut_off: date, opens_on: date | None, *, today: date) -> Dates:
    """The dates of a new campaign. Raises Invalid, with each invalid field."""
    dates = Dates(year, opens_on or july.first_day(year), deadline, cut_off)
    refused = [
        ("/year", "year", FIRST_YEAR <= year <= today.year, "une année déjà commencée, depuis 2019", str(today.year)),
        ("/deadline", "deadline", deadline > dates.opens_on, "une date après l’ouverture", f"{year}-11-15"),
        ("/cut_off", "cut_off", cut_off >= deadline, "la date limite, ou une date après elle", f"{year + 1}-01-15"),
        # Benefits are recalculated on 1 January; two years later there is nothing left to declare for.
        ("/cut_off", "cut_off_year", cut_off.year <= year + 2, "au plus tard deux ans après", f"{year + 1}-01-15"),
    ]
    errors = [
        FieldError(pointer=pointer, code=code, detail="Cette date ne convient pas.", rule=rule, example=example)
        for pointer, code, accepted, rule, example in refused
        if not accepted
    ]
    if errors:
        raise Invalid(errors)
    return dates


def require_time_left(dates: Dates, today: date) -> None:
    """Raises Conflict when the deadline to give landlords is already over."""
    if dates.deadline < today:
        raise Conflict("La date limite de cette campagne est passée : changez les dates avant d’ouvrir.")


def filing_open(phase: Phase, dates: Dates, today: date) -> bool:
    """Whether a declaration may be saved or transmitted that day: late ones are taken until the cut-off."""
    return phase is not Phase.DRAFT and today <= dates.cut_off


def late(phase: Phase, dates: Dates, today: date) -> bool:
    """Whether a transmission on that day is marked late."""
    return phase is Phase.CLOSED or today > dates.deadline
