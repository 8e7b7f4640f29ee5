"""What an agent of the Caf may do to an account, as tables, and the sentences of what is refused."""

import unicodedata
from enum import StrEnum

from chassis.problems import Conflict, FieldError, Invalid

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

# A closed account has no line: nothing can be done to it any more.
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
    """Whether an organisation comes in by this account: its user numbers recover it, or only it gives access."""
    return principal or role == "administrator"


def after(standing: Status, act: Trigger) -> Status:
    """The standing that follows; raises Conflict when the act is none that this standing allows."""
    following = TRANSITIONS.get((standing, act))
    if following is None:
        raise Conflict(_REFUSALS[standing])
    return following


def checked_reason(typed: str) -> str:
    """The reason without needless spaces. Raises Invalid: every act of an agent says why."""
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

# Only a request that waits can be decided; nothing leads out of the three ends.
RESET_TRANSITIONS: dict[tuple[ResetState, Decision], ResetState] = {
    (ResetState.REQUESTED, Decision.APPROVE): ResetState.APPROVED,
    (ResetState.REQUESTED, Decision.REFUSE): ResetState.REFUSED,
    (ResetState.REQUESTED, Decision.EXPIRE): ResetState.EXPIRED,
}


def sources(decision: Decision) -> dict[ResetState, ResetState]:
    """From which states the decision leads, and where to."""
    return {state: following for (state, taken), following in RESET_TRANSITIONS.items() if taken is decision}
