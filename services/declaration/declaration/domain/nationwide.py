"""National opening: each Caf keeps the dates it chose, and is reported as opened, or why not."""

from datetime import date
from enum import StrEnum

from declaration.domain.campaign import Dates, Phase


class Outcome(StrEnum):
    """The outcome for one Caf of a national opening."""

    WAITING = "waiting"
    OPENED = "opened"
    ALREADY_OPEN = "already_open"
    CLOSED = "closed"
    NOT_PREPARED = "not_prepared"
    NOT_YET = "not_yet"
    DEADLINE_PASSED = "deadline_passed"
    FAILED = "failed"


LABELS: dict[Outcome, str] = {
    Outcome.WAITING: "En attente",
    Outcome.OPENED: "Ouverte par cet acte",
    Outcome.ALREADY_OPEN: "Déjà ouverte",
    Outcome.CLOSED: "Déjà close",
    Outcome.NOT_PREPARED: "Aucune campagne préparée : la Caf n’a pas choisi ses dates",
    Outcome.NOT_YET: "La Caf a choisi une date d’ouverture à venir",
    Outcome.DEADLINE_PASSED: "La date limite choisie est passée : changez les dates, puis ouvrez",
    Outcome.FAILED: "Échec technique : rien n’a été ouvert, recommencez ou prévenez le support",
}


def refusal(phase: Phase, dates: Dates, today: date) -> Outcome | None:
    """Why the campaign is not opened with the others; None when it is."""
    if phase is not Phase.DRAFT:
        return Outcome.ALREADY_OPEN if phase is Phase.OPEN else Outcome.CLOSED
    if dates.deadline < today:
        return Outcome.DEADLINE_PASSED
    return Outcome.NOT_YET if dates.opens_on > today else None
