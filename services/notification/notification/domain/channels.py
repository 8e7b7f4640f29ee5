"""The channel of a message: e-mail if a working address is known, else letter."""

from collections.abc import Iterable, Set
from datetime import datetime, timedelta
from enum import StrEnum

from chassis.email_address import as_carried
from chassis.french.postal import PROBLEM_LABELS


class Channel(StrEnum):
    EMAIL = "email"
    LETTER = "letter"


CHANNEL_LABELS = {Channel.EMAIL: "Courriel", Channel.LETTER: "Courrier"}


class Used(StrEnum):
    """Which of the known addresses a message uses now."""

    CONFIRMED_EMAIL = "confirmed_email"
    REGISTRY_EMAIL = "registry_email"
    LETTER = "letter"


USED_LABELS = {
    Used.CONFIRMED_EMAIL: "Courriel confirmé par le bailleur",
    Used.REGISTRY_EMAIL: "Courriel du fichier de la Caf",
    Used.LETTER: "Courrier",
}

NOT_CARRIED = "email-not-carried-by-relays"
# The text agents see instead of the code.
REASON_LABELS: dict[str, str] = {
    **{problem.value: label for problem, label in PROBLEM_LABELS.items()},
    NOT_CARRIED: "Les relais de messagerie ne portent pas les accents avant le @ : le message part par courrier.",
}

# Printing on the next working day, then three days for La Poste's « lettre verte », plus a weekend.
LETTER_LEAD = timedelta(days=7)


def choose_email(known: Iterable[str | None], *, bounced: Set[str]) -> str | None:
    """The first address that relays carry and that has not bounced yet; None means a letter."""
    return next((email for email in known if email and email not in bounced and as_carried(email)), None)


def used_of(confirmed: str | None, registry: str | None, *, bounced: Set[str]) -> Used:
    """Which address `choose_email` chooses, named for the agents."""
    chosen = choose_email((confirmed, registry), bounced=bounced)
    if chosen is None:
        return Used.LETTER
    return Used.CONFIRMED_EMAIL if chosen == confirmed else Used.REGISTRY_EMAIL


def letter_still_useful(now: datetime, expires_at: datetime | None) -> bool:
    """Whether a letter would arrive before its password expires; otherwise identity issues another password."""
    return expires_at is None or now + LETTER_LEAD <= expires_at
