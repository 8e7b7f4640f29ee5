"""Actions of a Caf agent on an account: tables of state transitions and error messages."""

import unicodedata
from enum import StrEnum

from chassis.problems import FieldError, Invalid
from chassis.states import Table

SHORTEST_REASON = 10
LONGEST_REASON = 500


class Status(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Trigger(StrEnum):
    SUSPEND = "suspend"
    RESTORE = "restore"
    REQUIRE_PASSWORD_CHANGE = "require_password_change"  # noqa: S105 - the name of an act
    CLOSE = "close"


STATUSES = {Status.ACTIVE: "Ouvert", Status.SUSPENDED: "Suspendu", Status.CLOSED: "Fermé"}

# A closed account has no transition: nothing can be done to it any more.
TRANSITIONS: dict[tuple[Status, Trigger], Status] = {
    (Status.ACTIVE, Trigger.SUSPEND): Status.SUSPENDED,
    (Status.SUSPENDED, Trigger.RESTORE): Status.ACTIVE,
    (Status.ACTIVE, Trigger.REQUIRE_PASSWORD_CHANGE): Status.ACTIVE,
    (Status.SUSPENDED, Trigger.REQUIRE_PASSWORD_CHANGE): Status.SUSPENDED,
    (Status.ACTIVE, Trigger.CLOSE): Status.CLOSED,
    (Status.SUSPENDED, Trigger.CLOSE): Status.CLOSED,
}
SOLE_ACCESS = (
    "Ce compte est celui de l’administrateur de l’organisme, ou celui par lequel l’organisme se connecte la première "
    "fois\u00a0: le fermer laisserait l’organisme sans accès. Remplacez d’abord l’administrateur, ou suspendez le "
    "compte."
)
_REFUSALS = {
    Status.ACTIVE: "Ce compte n’est pas suspendu.",
    Status.SUSPENDED: "Ce compte est déjà suspendu.",
    Status.CLOSED: "Ce compte est fermé\u00a0: plus rien ne peut y être fait.",
}


def sole_access(*, principal: bool, role: str | None) -> bool:
    """Whether the organisation depends on this account: its user numbers recover it, or it is the administrator's."""
    return principal or role == "administrator"


after = Table(TRANSITIONS, lambda status, _act: _REFUSALS[status]).advance


def checked_reason(typed: str) -> str:
    """The reason without extra spaces. Raises Invalid: every action of an agent requires a reason."""
    reason = " ".join(unicodedata.normalize("NFC", typed.replace("\0", " ")).split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            [
                FieldError(
                    pointer="/reason",
                    code="reason",
                    detail=f"Le motif compte de {SHORTEST_REASON} à {LONGEST_REASON} signes.",
                    rule="une phrase qui dit pourquoi, sans donnée sur un tiers",
                    example="Appel du bailleur\u00a0: il n’a pas demandé ce changement de mot de passe.",
                )
            ]
        )
    return reason


class ResetState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class Decision(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    EXPIRE = "expire"


RESET_STATES = {
    ResetState.REQUESTED: "À décider par un autre agent",
    ResetState.APPROVED: "Acceptée",
    ResetState.REFUSED: "Refusée",
    ResetState.EXPIRED: "Expirée",
}

# Only a pending request can be decided; the other three states are final.
RESET_TRANSITIONS: dict[tuple[ResetState, Decision], ResetState] = {
    (ResetState.REQUESTED, Decision.APPROVE): ResetState.APPROVED,
    (ResetState.REQUESTED, Decision.REFUSE): ResetState.REFUSED,
    (ResetState.REQUESTED, Decision.EXPIRE): ResetState.EXPIRED,
}


sources = Table(RESET_TRANSITIONS, lambda state, _decision: f"Cette demande est {RESET_STATES[state].lower()}.").sources
