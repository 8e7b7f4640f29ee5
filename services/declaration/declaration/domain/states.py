"""States of a declaration as one table: (state, trigger) -> state, with the guard that must hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chassis.states import Guard, Table, Transition


class State(StrEnum):
    """State of a declaration; `late` is a mark beside it, and entitlement to the benefit is the Caf's decision."""

    NOT_CONCERNED = "not_concerned"
    TO_DECLARE = "to_declare"
    DRAFT = "draft"
    TRANSMITTED = "transmitted"
    INTEGRATED = "integrated"
    UNDER_REVIEW = "under_review"
    INFORMATION_REQUESTED = "information_requested"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class Trigger(StrEnum):
    """What can happen to a declaration."""

    OPEN = "open"
    EXEMPT = "exempt"
    LEASE_LEAVES_JULY = "lease_leaves_july"
    LEASE_JOINS_JULY = "lease_joins_july"
    SAVE = "save"
    TRANSMIT = "transmit"
    AMEND = "amend"
    ABANDON = "abandon"
    SUPERSEDE = "supersede"
    INTEGRATE = "integrate"
    REVIEW = "review"
    REQUEST_INFORMATION = "request_information"
    REJECT = "reject"


LABELS: dict[State, str] = {
    State.NOT_CONCERNED: "Sans objet",
    State.TO_DECLARE: "À déclarer",
    State.DRAFT: "Brouillon",
    State.TRANSMITTED: "Transmise",
    State.INTEGRATED: "Prise en compte",
    State.UNDER_REVIEW: "En cours de contrôle",
    State.INFORMATION_REQUESTED: "Complément demandé",
    State.REJECTED: "Rejetée",
    State.SUPERSEDED: "Remplacée",
}

# A draft that corrects a transmitted version: that version counts until this one is transmitted.
CORRECTION_LABEL = "Rectification en cours"

# Order of a list before the tenants' names: what waits for the landlord, what is in progress, what needs nothing.
PRECEDENCE: dict[State, int] = {
    State.TO_DECLARE: 0,
    State.DRAFT: 0,
    State.INFORMATION_REQUESTED: 0,
    State.REJECTED: 0,
    State.TRANSMITTED: 1,
    State.UNDER_REVIEW: 1,
    State.INTEGRATED: 1,
    State.SUPERSEDED: 2,
    State.NOT_CONCERNED: 2,
}

TRIGGER_LABELS: dict[Trigger, str] = {
    Trigger.OPEN: "ouverture de la campagne",
    Trigger.EXEMPT: "ouverture de la campagne, sans loyer de juillet",
    Trigger.LEASE_LEAVES_JULY: "bail corrigé par la Caf, sans loyer de juillet",
    Trigger.LEASE_JOINS_JULY: "bail corrigé par la Caf, avec un loyer de juillet",
    Trigger.SAVE: "enregistrement du brouillon",
    Trigger.TRANSMIT: "transmission",
    Trigger.AMEND: "rectification demandée",
    Trigger.ABANDON: "rectification abandonnée",
    Trigger.SUPERSEDE: "transmission de la rectification",
    Trigger.INTEGRATE: "prise en compte par la Caf",
    Trigger.REVIEW: "mise en contrôle par la Caf",
    Trigger.REQUEST_INFORMATION: "complément demandé par la Caf",
    Trigger.REJECT: "rejet par la Caf",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The input of the guards."""

    filing_open: bool = True
    complete: bool = True
    reason: str = ""
    # The state of the transmitted version that counts; None before the first transmission.
    standing: State | None = None


FILING_OPEN = Guard[Facts](
    "filing_open", lambda facts: facts.filing_open, "La campagne n’est pas ouverte aux déclarations à cette date."
)
COMPLETE = Guard[Facts](
    "complete_and_filing_open",
    lambda facts: facts.filing_open and facts.complete,
    "La déclaration n’est pas complète, ou la campagne n’est plus ouverte aux déclarations.",
)
CORRECTABLE = Guard[Facts](
    "reason_given_and_filing_open",
    lambda facts: facts.filing_open and bool(facts.reason.strip()),
    "La rectification demande un motif, et n’est possible que tant que la campagne accepte des envois.",
)
# States the Caf may have given the version that counts while its correction is open.
STANDING: tuple[State, ...] = (
    State.TRANSMITTED,
    State.UNDER_REVIEW,
    State.INFORMATION_REQUESTED,
    State.REJECTED,
    State.INTEGRATED,
)
CORRECTING = Guard[Facts](
    "correction_open",
    lambda facts: facts.standing in STANDING,
    "Aucune rectification n’est en cours : rien n’a encore été transmis pour ce locataire.",
)

# AMEND opens the next version as a draft; the transmitted version keeps its own state until SUPERSEDE. What the Caf has
# integrated is settled: a correction is then the Caf's to make, and one that was being written is abandoned.
_ANSWERABLE = (State.TRANSMITTED, State.UNDER_REVIEW, State.INFORMATION_REQUESTED)
_ANSWERS = {
    Trigger.INTEGRATE: State.INTEGRATED,
    Trigger.REVIEW: State.UNDER_REVIEW,
    Trigger.REQUEST_INFORMATION: State.INFORMATION_REQUESTED,
    Trigger.REJECT: State.REJECTED,
}

TRANSITIONS: dict[tuple[State | None, Trigger], State | Transition[State, Facts]] = {
    (None, Trigger.OPEN): State.TO_DECLARE,
    (None, Trigger.EXEMPT): State.NOT_CONCERNED,
    # The Caf corrects a lease whose declaration is not begun.
    (State.TO_DECLARE, Trigger.LEASE_LEAVES_JULY): State.NOT_CONCERNED,
    (State.NOT_CONCERNED, Trigger.LEASE_JOINS_JULY): State.TO_DECLARE,
    (State.TO_DECLARE, Trigger.SAVE): Transition((State.DRAFT,), FILING_OPEN),
    (State.DRAFT, Trigger.SAVE): Transition((State.DRAFT,), FILING_OPEN),
    (State.DRAFT, Trigger.TRANSMIT): Transition((State.TRANSMITTED,), COMPLETE),
    (State.DRAFT, Trigger.ABANDON): Transition(STANDING, CORRECTING, lambda facts: State(facts.standing or "")),
    **{(source, event): target for source in _ANSWERABLE for event, target in _ANSWERS.items() if source is not target},
    **{(source, Trigger.AMEND): Transition((State.DRAFT,), CORRECTABLE) for source in (*_ANSWERABLE, State.REJECTED)},
    **{(source, Trigger.SUPERSEDE): State.SUPERSEDED for source in (*_ANSWERABLE, State.REJECTED)},
}

# The only option once the Caf has settled the right: the telephone number is on the recap and on the page.
SETTLED_WAY_ON = (
    "elle ne se rectifie plus en ligne. Si elle contient une erreur, appelez votre Caf en rappelant la référence du"
    " récapitulatif."
)

# Shown where « this state does not allow it » would leave people without a next step.
REFUSALS: dict[tuple[State, Trigger], str] = {
    (State.INTEGRATED, Trigger.AMEND): (
        f"La Caf a pris en compte cette déclaration et calculé le droit de votre locataire : {SETTLED_WAY_ON}"
    ),
    (
        State.NOT_CONCERNED,
        Trigger.AMEND,
    ): "Il n’y a rien à déclarer pour ce locataire cette année, donc rien à rectifier.",
}


def _refusal(state: State | None, event: Trigger) -> str:
    if state and (state, event) in REFUSALS:
        return REFUSALS[state, event]
    label = LABELS[state] if state else "absente"
    return f"Une déclaration à l’état « {label} » ne permet pas : {TRIGGER_LABELS[event]}."


TABLE = Table(TRANSITIONS, _refusal)
FINAL = TABLE.final(State)
allowed = TABLE.allowed


def advance(state: State | None, event: Trigger, facts: Facts | None = None) -> State:
    """The state after the trigger. Raises TransitionRefused, in French."""
    return TABLE.advance(state, event, facts or Facts())


def label(state: State, version: int) -> str:
    """`version`: the one being written or transmitted last, from 1."""
    return CORRECTION_LABEL if state is State.DRAFT and version > 1 else LABELS[state]


def mermaid() -> str:
    """The table as a Mermaid state diagram, for docs/declaration.md."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.value} : {LABELS[state]}" for state in State]
    for source, event, to in TABLE:
        condition = f" [{to.guard.name}]" if to.guard else ""
        start = source.value if source else "[*]"
        lines += [f"    {start} --> {each.value} : {event.value}{condition}" for each in to.targets]
    lines += [f"    {state.value} --> [*]" for state in State if state in FINAL]
    return "\n".join(lines) + "\n"
