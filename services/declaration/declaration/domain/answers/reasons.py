"""Answers and rejection reasons of the Caf: one row each, with what the landlord reads and has to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from declaration.domain.states import SETTLED_WAY_ON, State, Trigger

# The Caf's word -> trigger of the state table; the word is also the state that it leads to.
EVENTS: dict[str, Trigger] = {
    State.INTEGRATED.value: Trigger.INTEGRATE,
    State.UNDER_REVIEW.value: Trigger.REVIEW,
    State.INFORMATION_REQUESTED.value: Trigger.REQUEST_INFORMATION,
    State.REJECTED.value: Trigger.REJECT,
}


class WayOn(StrEnum):
    """What the landlord can do about an answer: exactly one thing, which the guidance spells out."""

    CORRECT = "correct"
    REPLY = "reply"
    CALL = "call"
    NONE = "none"


GUIDANCE: dict[str, str] = {
    State.INTEGRATED.value: (f"La Caf a pris cette déclaration en compte : {SETTLED_WAY_ON}"),
    State.UNDER_REVIEW.value: "La Caf vérifie cette déclaration. Vous n’avez rien à faire.",
    State.INFORMATION_REQUESTED.value: "Répondez à la Caf, et rectifiez votre déclaration s’il le faut.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a declaration is rejected, and what its landlord can do."""

    label: str
    guidance: str
    way_on: WayOn = WayOn.CORRECT


REASONS: dict[str, Reason] = {
    # The landlord can change neither the name nor the number: a correction would be rejected again.
    "tenant_unknown": Reason(
        "Le locataire n’est pas reconnu",
        "Vérifiez le nom et le n° allocataire du locataire, puis appelez votre Caf en rappelant la référence : elle"
        " seule peut les corriger.",
        WayOn.CALL,
    ),
    "dwelling_mismatch": Reason(
        "Le logement ne correspond pas", "Corrigez l’adresse ou la commune du logement, puis validez à nouveau."
    ),
    "amount_inconsistent": Reason(
        "Le montant n’est pas cohérent", "Vérifiez le loyer hors charges et les charges, puis validez à nouveau."
    ),
    "wrong_month": Reason(
        "Le loyer n’est pas celui de juillet", "Déclarez le loyer du mois de juillet, puis validez à nouveau."
    ),
    "situation_inconsistent": Reason(
        "La situation du locataire n’est pas cohérente",
        "Corrigez les dates d’entrée, de départ ou d’impayé, puis validez à nouveau.",
    ),
    "other": Reason("Autre motif", "Suivez l’explication de la Caf, puis validez à nouveau."),
}


def label(answer: str, reason_code: str | None) -> str:
    """The label above the Caf's own words; empty when the state already says it."""
    reason = REASONS.get(reason_code or "")
    return reason.label if reason and answer == State.REJECTED.value else ""


def guidance(answer: str, reason_code: str | None) -> str:
    """What to do, for the landlord."""
    if answer == State.REJECTED.value:
        return REASONS[reason_code if reason_code in REASONS else "other"].guidance
    return GUIDANCE[answer]


def way_on(answer: str, reason_code: str | None) -> WayOn:
    """Whether the landlord corrects, replies, calls, or has nothing to do."""
    if answer == State.REJECTED.value:
        return REASONS[reason_code if reason_code in REASONS else "other"].way_on
    return WayOn.REPLY if answer == State.INFORMATION_REQUESTED.value else WayOn.NONE
