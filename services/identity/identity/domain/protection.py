"""Who must have a second factor, from when, and to whom it is only offered."""

from dataclasses import dataclass
from enum import StrEnum

ADMINISTRATOR, DELEGATE = "administrator", "delegate"


class Requirement(StrEnum):
    """What the account's place asks of it."""

    FREE = "free"
    # Offered once; declining it is for good.
    OFFERED = "offered"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose account it is. `role`: the active one in the organisation, None without; `colleagues`: the organisation
    has other users whose account is not closed."""

    kind: str
    role: str | None = None
    natural_person: bool = False
    colleagues: bool = False


def requirement(place: Place) -> Requirement:
    """An administrator who is alone protects nobody else's account: a pensioner with one flat and no smartphone must
    get through."""
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
    """Whether « Protégez votre compte » comes before the session is of use.

    `grace`: how many sign-ins may be completed without, so that nobody is stopped on the way to a deadline.
    """
    asked = requirement(place)
    return unprotected_sign_ins >= grace and (
        asked is Requirement.REQUIRED or (asked is Requirement.OFFERED and not offered_before)
    )
