"""Landlords' reports on their list of tenants, and the Caf's answers, as one table like that of declarations."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chassis.problems import FieldError, Invalid
from chassis.states import Table

from declaration.domain import texts
from declaration.domain.fields import Address, Commune, FieldTable, Text
from declaration.domain.steps import Reader


class Kind(StrEnum):
    """What is wrong with the list."""

    MISSING_TENANT = "missing_tenant"
    NO_LONGER_MINE = "no_longer_mine"


class State(StrEnum):
    """State of a report."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Trigger(StrEnum):
    """An agent's action on a report."""

    TAKE = "take"
    ACCEPT = "accept"
    REFUSE = "refuse"


KIND_LABELS = {
    Kind.MISSING_TENANT: "Locataire absent de la liste",
    Kind.NO_LONGER_MINE: "Ce locataire n’est plus le mien",
}
LABELS = {
    State.RECEIVED: "Reçu par la Caf",
    State.IN_PROGRESS: "En cours de traitement",
    State.ACCEPTED: "Accepté",
    State.REFUSED: "Refusé",
}
OPEN = (State.RECEIVED, State.IN_PROGRESS)
TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.RECEIVED, Trigger.TAKE): State.IN_PROGRESS,
    **{(state, Trigger.ACCEPT): State.ACCEPTED for state in OPEN},
    **{(state, Trigger.REFUSE): State.REFUSED for state in OPEN},
}


def _refusal(state: State, _act: Trigger) -> str:
    return f"Ce signalement est à l’état « {LABELS[state]} » : cette action n’est plus possible."


TABLE = Table(TRANSITIONS, _refusal)


def advance(state: State, act: Trigger, answer: str = "") -> State:
    """The state after the action. Raises TransitionRefused, or Invalid for a refusal without a reason."""
    target = TABLE.advance(state, act)
    if act is Trigger.REFUSE and not answer.strip():
        detail = "Expliquez au bailleur pourquoi son signalement est refusé."
        example = "Ce locataire n’est pas allocataire dans notre département"
        rule = "un texte de 1 à 1000 caractères"
        raise Invalid([FieldError(pointer="/answer", code="required", detail=detail, rule=rule, example=example)])
    return target


class MissingTenant(FieldTable):
    """What is said of a tenant who is missing from the list."""

    tenant_last_name = Text("le nom du locataire", rule="de 1 à 100 caractères", example="DEUJOURS")
    address = Address("l’adresse du logement")
    commune_insee = Commune("la commune du logement")


MISSING = MissingTenant().declared


# A value has the type that its field of MISSING reads.
def missing_tenant(given: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of a tenant missing from the list. Raises Invalid with all errors."""
    reader = Reader("tenant", MISSING, given)
    values = reader.values()
    if reader.errors:
        raise Invalid(reader.errors)
    return {**values, "tenant_first_name": (given.get("tenant_first_name") or "").strip()}


def likeness(kind: Kind, *parts: str) -> str:
    """Equal for two reports of the same thing, whatever their spelling."""
    return hashlib.sha256("\n".join((kind, *map(texts.folded, parts))).encode()).hexdigest()
