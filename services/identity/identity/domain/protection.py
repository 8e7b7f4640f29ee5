"""Who must have a second factor, from when, and to whom it is only offered."""

from dataclasses import dataclass
from enum import StrEnum

ADMINISTRATOR, DELEGATE = "administrator", "delegate"


class Demand(StrEnum):
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


def demand(place: Place) -> Demand:
    """An administrator who is alone protects nobody else's account: a pensioner with one flat and no smartphone must
    get through."""
    if place.kind == "agent":
        return Demand.REQUIRED
    if place.natural_person:
        return Demand.OFFERED
    if place.role == DELEGATE or (place.role == ADMINISTRATOR and place.colleagues):
        return Demand.REQUIRED
    return Demand.OFFERED if place.role == ADMINISTRATOR else Demand.FREE


def must_protect(place: Place) -> bool:
    return demand(place) is Demand.REQUIRED


def protection_due(place: Place, unprotected_sign_ins: int, grace: int, *, offered_before: bool) -> bool:
    """Whether « Protégez votre compte » comes before the session is of use.

    `grace`: how many sign-ins may be completed without, so that nobody is stopped on the way to a deadline.
    """
    asked = demand(place)
    return unprotected_sign_ins >= grace and (
        asked is Demand.REQUIRED or (asked is Demand.OFFERED and not offered_before)
    )
