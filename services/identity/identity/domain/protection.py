"""Who must have a second factor and from when, and to whom it is only offered."""

from dataclasses import dataclass
from enum import StrEnum

ADMINISTRATOR, DELEGATE = "administrator", "delegate"


class Requirement(StrEnum):
    """Whether the account's situation requires a second factor."""

    FREE = "free"
    # Offered once; declining is final.
    OFFERED = "offered"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The account's situation. `role`: the active one in the organisation, or None; `colleagues`: the organisation has
    other users whose account is not closed."""

    kind: str
    role: str | None = None
    natural_person: bool = False
    colleagues: bool = False


def requirement(place: Place) -> Requirement:
    """Not required of an administrator alone in their organisation, who puts nobody else's account at risk: a pensioner
    with one flat and no smartphone must be able to sign in."""
    if place.kind == "agent":
        return Requirement.REQUIRED
    if place.natural_person:
        return Requirement.OFFERED
    if place.role == DELEGATE or (place.role == ADMINISTRATOR and place.colleagues):
        return Requirement.REQUIRED
    return Requirement.OFFERED if place.role == ADMINISTRATOR else Requirement.FREE


def must_protect(place: Place) -> bool:
    return requirement(place) is Requirement.REQUIRED


def protection_due(place: Place, unprotected_sign_ins: int, grace: int, *, offered_before: bool) -> bool:
    """Whether « Protégez votre compte » is shown before the session can be used.

    `grace`: number of sign-ins allowed without a second factor, so that nobody is blocked just before a deadline.
    """
    asked = requirement(place)
    return unprotected_sign_ins >= grace and (
        asked is Requirement.REQUIRED or (asked is Requirement.OFFERED and not offered_before)
    )
