"""The state machine of a message: one table (state, event) → state."""

from enum import StrEnum

from chassis.states import Table


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    TO_COMPOSE = "to_compose"
    COMPOSED = "composed"
    BATCHED = "batched"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    ADDRESS_REFUSED = "address_refused"
    RETURNED = "returned"


class Trigger(StrEnum):
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    PUT_OFF = "put_off"
    BOUNCED = "bounced"
    GAVE_UP = "gave_up"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    COMPOSED = "composed"
    ADDRESS_CORRECTED = "address_corrected"
    BATCHED = "batched"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    RETURNED = "returned"


LABELS = {
    State.WAITING: "À envoyer",
    State.SENDING: "Envoi en cours",
    State.TO_COMPOSE: "Courrier à composer",
    State.COMPOSED: "Courrier prêt à imprimer",
    State.BATCHED: "Confié à l’imprimeur",
    State.DELIVERED: "Envoyé",
    State.BOUNCED: "Adresse électronique refusée",
    State.FAILED: "Échec définitif",
    State.EXPIRED: "Périmé avant l’envoi",
    State.SUPERSEDED: "Remplacé par un envoi plus récent",
    State.WITHDRAWN: "Annulé : plus rien à rappeler",
    State.ADDRESS_REFUSED: "Adresse postale à corriger",
    State.RETURNED: "Retourné par La Poste",
}

TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.WAITING, Trigger.CLAIMED): State.SENDING,
    # The claiming process died: another takes the row over once the claim is stale.
    (State.SENDING, Trigger.CLAIMED): State.SENDING,
    (State.SENDING, Trigger.ACCEPTED): State.DELIVERED,
    (State.SENDING, Trigger.PUT_OFF): State.WAITING,
    (State.SENDING, Trigger.BOUNCED): State.BOUNCED,
    (State.SENDING, Trigger.GAVE_UP): State.FAILED,
    (State.SENDING, Trigger.EXPIRED): State.EXPIRED,
    (State.WAITING, Trigger.EXPIRED): State.EXPIRED,
    (State.TO_COMPOSE, Trigger.EXPIRED): State.EXPIRED,
    (State.COMPOSED, Trigger.EXPIRED): State.EXPIRED,
    (State.WAITING, Trigger.SUPERSEDED): State.SUPERSEDED,
    (State.TO_COMPOSE, Trigger.SUPERSEDED): State.SUPERSEDED,
    (State.COMPOSED, Trigger.SUPERSEDED): State.SUPERSEDED,
    # Nothing left to send: an e-mail being handed over is not stopped, a letter in a batch belongs to the printer.
    (State.WAITING, Trigger.WITHDRAWN): State.WITHDRAWN,
    (State.TO_COMPOSE, Trigger.WITHDRAWN): State.WITHDRAWN,
    (State.COMPOSED, Trigger.WITHDRAWN): State.WITHDRAWN,
    # A letter that cannot be printed waits for the Caf to correct the address.
    (State.ADDRESS_REFUSED, Trigger.ADDRESS_CORRECTED): State.TO_COMPOSE,
    (State.ADDRESS_REFUSED, Trigger.EXPIRED): State.EXPIRED,
    (State.ADDRESS_REFUSED, Trigger.SUPERSEDED): State.SUPERSEDED,
    (State.ADDRESS_REFUSED, Trigger.WITHDRAWN): State.WITHDRAWN,
    (State.TO_COMPOSE, Trigger.COMPOSED): State.COMPOSED,
    (State.COMPOSED, Trigger.BATCHED): State.BATCHED,
    (State.BATCHED, Trigger.ACKNOWLEDGED): State.DELIVERED,
    (State.BATCHED, Trigger.REJECTED): State.FAILED,
}

FINAL = frozenset(State) - {origin for origin, _ in TRANSITIONS}

# Late news: the only transitions out of a final state.
ODD_RECEIPTS: dict[tuple[State, Trigger], State] = {
    (State.DELIVERED, Trigger.BOUNCED): State.BOUNCED,
    (State.DELIVERED, Trigger.RETURNED): State.RETURNED,
}

# Repeated events: no change and no error.
ECHOES = frozenset(
    {
        (State.DELIVERED, Trigger.ACCEPTED),
        (State.DELIVERED, Trigger.ACKNOWLEDGED),
        (State.BOUNCED, Trigger.BOUNCED),
        (State.RETURNED, Trigger.RETURNED),
        (State.COMPOSED, Trigger.COMPOSED),
        (State.BATCHED, Trigger.COMPOSED),
    }
)


def _refusal(state: State, _event: Trigger) -> str:
    return f"Un message à l’état « {LABELS[state]} » ne le permet pas."


ALLOWED = {**TRANSITIONS, **ODD_RECEIPTS, **{(state, event): state for state, event in ECHOES}}
advance = Table(ALLOWED, _refusal).advance
