"""A returned attestation: its life while an agent types it, its day of receipt, and what was declared besides."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from chassis.problems import Conflict, FieldError, Invalid

from declaration.domain.campaign import Dates, Phase
from declaration.domain.states import State as DeclarationState

LONGEST_REASON = 500


class State(StrEnum):
    """Where the typing stands."""

    TYPING = "typing"
    FILED = "filed"
    DISCARDED = "discarded"


class Act(StrEnum):
    """What an agent does to a typed attestation."""

    SAVE = "save"
    FILE = "file"
    DISCARD = "discard"


class Other(StrEnum):
    """What stands for the same tenant beside the paper."""

    ONLINE_DRAFT = "online_draft"
    ONLINE = "online"
    PAPER = "paper"


LABELS: dict[State, str] = {
    State.TYPING: "En cours de saisie",
    State.FILED: "Enregistrée",
    State.DISCARDED: "Écartée",
}
TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.TYPING, Act.SAVE): State.TYPING,
    (State.TYPING, Act.FILE): State.FILED,
    (State.TYPING, Act.DISCARD): State.DISCARDED,
}


def advance(state: State, act: Act) -> State:
    """The state after the act. Raises Conflict once the attestation is filed or discarded."""
    target = TRANSITIONS.get((state, act))
    if target is None:
        raise Conflict(f"Cette attestation est à l’état « {LABELS[state].lower()} » : elle ne se modifie plus.")
    return target


def received(raw: str, dates: Dates, phase: Phase, today: date) -> date:
    """The day written by the mail room's stamp. Raises Invalid; Conflict when the campaign takes nothing."""
    if phase is Phase.DRAFT:
        raise Conflict("Cette campagne n’est pas ouverte : aucune attestation ne peut être saisie.")
    rule = f"une date du {dates.opens_on:%d/%m/%Y}, jour de l’ouverture, à aujourd’hui"
    try:
        day = date.fromisoformat(raw.strip())
    except ValueError:
        raise _refused("date", "Cette date n’existe pas ou n’est pas lisible.", rule, today) from None
    if day > today:
        raise _refused("received_in_future", "Cette date de réception n’est pas encore passée.", rule, today)
    if day < dates.opens_on:
        raise _refused("received_before_opening", "La campagne n’était pas encore ouverte ce jour-là.", rule, today)
    if day > dates.cut_off:
        detail = "Cette attestation est arrivée après le dernier jour de la campagne : elle ne peut plus être prise."
        raise _refused("received_after_cut_off", detail, rule, today)
    return day


def _refused(code: str, detail: str, rule: str, today: date) -> Invalid:
    return Invalid([FieldError(pointer="/received_on", code=code, detail=detail, rule=rule, example=today.isoformat())])


def late(dates: Dates, received_on: date) -> bool:
    """A paper is late by the day it arrived, whenever somebody found the time to type it."""
    return received_on > dates.deadline


def in_time(dates: Dates, received_on: date) -> bool:
    """Whether what arrived that day is taken."""
    return dates.opens_on <= received_on <= dates.cut_off


def beside(state: DeclarationState, channel: str | None) -> Other | None:
    """What the agent must look at first. `channel`: of the transmitted version that counts, None before the first."""
    if channel is not None:
        return Other.PAPER if channel == "paper" else Other.ONLINE
    return Other.ONLINE_DRAFT if state is DeclarationState.DRAFT else None


def reason(given: str | None, example: str) -> str:
    """What an agent must say when two declarations meet. Raises Invalid."""
    text = (given or "").strip()
    if not 1 <= len(text) <= LONGEST_REASON:
        rule = f"un texte de 1 à {LONGEST_REASON} caractères"
        detail = "Expliquez votre décision : le bailleur lira ce motif."
        raise Invalid([FieldError(pointer="/reason", code="required", detail=detail, rule=rule, example=example)])
    return text
