"""Attestations on paper: states while an agent types, the day that counts, and conflicts with other declarations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chassis.french.formats import short_date
from chassis.problems import Conflict, FieldError, Invalid
from chassis.states import Table

from declaration.domain import readers
from declaration.domain.campaign import Dates, Phase
from declaration.domain.states import State as DeclarationState

LONGEST_REASON = 500


class State(StrEnum):
    """State of the typing."""

    TYPING = "typing"
    FILED = "filed"
    DISCARDED = "discarded"


class Trigger(StrEnum):
    """An agent's action on an attestation."""

    SAVE = "save"
    FILE = "file"
    DISCARD = "discard"


class Other(StrEnum):
    """What else exists for the same tenant."""

    ONLINE_DRAFT = "online_draft"
    ONLINE = "online"
    PAPER = "paper"


LABELS: dict[State, str] = {
    State.TYPING: "En cours de saisie",
    State.FILED: "Enregistrée",
    State.DISCARDED: "Écartée",
}
REFUSED_DAYS: dict[str, str] = {
    "date": "Cette date n’existe pas ou n’est pas lisible.",
    "received_in_future": "Cette date de réception n’est pas encore passée.",
    "received_before_opening": "La campagne n’était pas encore ouverte ce jour-là.",
    "received_after_cut_off": "Cette attestation est arrivée après le dernier jour de la campagne, et sans cachet de la"
    " poste lisible : elle ne peut plus être prise.",
    "posted_before_opening": "La campagne n’était pas encore ouverte au jour du cachet.",
    "posted_after_receipt": "Le cachet de la poste ne peut pas être postérieur au jour de réception.",
    "posted_after_cut_off": "Cette attestation a été postée après le dernier jour de la campagne : elle ne peut plus"
    " être prise.",
}
TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.TYPING, Trigger.SAVE): State.TYPING,
    (State.TYPING, Trigger.FILE): State.FILED,
    (State.TYPING, Trigger.DISCARD): State.DISCARDED,
}


def _refusal(state: State, _act: Trigger) -> str:
    return f"Cette attestation est à l’état « {LABELS[state].lower()} » : elle ne se modifie plus."


advance = Table(TRANSITIONS, _refusal).advance


@dataclass(frozen=True, slots=True)
class Arrival:
    """French days of one envelope. `posted_on`: by its postmark; None when unreadable, or handed in at the desk."""

    received_on: date
    posted_on: date | None = None

    @property
    def counts_from(self) -> date:
        """CRPA art. L. 112-1: what is posted by the last day, as the postmark shows, is in time.

        Applies to every « date limite »: both the deadline and the last day of the campaign.
        """
        return self.posted_on or self.received_on


def arrival(received: str, posted: str | None, dates: Dates, phase: Phase, today: date) -> Arrival:
    """From ISO days. Raises Invalid with each invalid day; Conflict when the campaign accepts no declarations."""
    if phase is Phase.DRAFT:
        raise Conflict("Cette campagne n’est pas ouverte : aucune attestation ne peut être saisie.")
    received_on, posted_on = _day(received), _day(posted) if posted is not None else None
    errors = []
    if code := _received_wrong(received_on, posted is not None, dates, today):
        errors.append(_error("/received_on", code, _span(dates), today))
    if posted is not None and (code := _posted_wrong(posted_on, received_on, dates)):
        errors.append(_error("/posted_on", code, _span(dates, "au jour de réception"), received_on or today))
    if errors or received_on is None:
        raise Invalid(errors)
    return Arrival(received_on, posted_on)


def _day(raw: str) -> date | None:
    try:
        return readers.day(raw)
    except readers.RefusedValueError:
        return None


def _received_wrong(day: date | None, postmarked: bool, dates: Dates, today: date) -> str | None:
    if day is None:
        return "date"
    if day > today:
        return "received_in_future"
    if day < dates.opens_on:
        return "received_before_opening"
    return "received_after_cut_off" if day > dates.cut_off and not postmarked else None


def _posted_wrong(day: date | None, received_on: date | None, dates: Dates) -> str | None:
    if day is None:
        return "date"
    if day < dates.opens_on:
        return "posted_before_opening"
    if received_on is not None and day > received_on:
        return "posted_after_receipt"
    return "posted_after_cut_off" if day > dates.cut_off else None


def _span(dates: Dates, last: str = "à aujourd’hui") -> str:
    return f"une date du {short_date(dates.opens_on)}, jour de l’ouverture, {last}"


def _error(pointer: str, code: str, rule: str, example: date) -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=REFUSED_DAYS[code], rule=rule, example=example.isoformat())


def late(dates: Dates, arrival: Arrival) -> bool:
    """A paper is late by the day that counts for it, whenever it is typed."""
    return arrival.counts_from > dates.deadline


def in_time(dates: Dates, arrival: Arrival) -> bool:
    """Whether it is accepted."""
    return dates.opens_on <= arrival.counts_from <= dates.cut_off


def conflict(state: DeclarationState, channel: str | None) -> Other | None:
    """What the agent must compare first. `channel`: of the transmitted version that counts, None before the first."""
    if channel is not None:
        return Other.PAPER if channel == "paper" else Other.ONLINE
    return Other.ONLINE_DRAFT if state is DeclarationState.DRAFT else None


def reason(given: str | None, example: str) -> str:
    """The reason an agent must give when two declarations conflict. Raises Invalid."""
    text = (given or "").strip()
    if not 1 <= len(text) <= LONGEST_REASON:
        rule = f"un texte de 1 à {LONGEST_REASON} caractères"
        detail = "Expliquez votre décision : le bailleur lira ce motif."
        raise Invalid([FieldError(pointer="/reason", code="required", detail=detail, rule=rule, example=example)])
    return text
