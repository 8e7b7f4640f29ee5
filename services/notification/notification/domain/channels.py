"""Which way a message leaves: e-mail if the Caf knows a working one, else letter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    LETTER = "letter"


CHANNEL_LABELS = {Channel.EMAIL: "Courriel", Channel.LETTER: "Courrier"}

# Printing on the next working day, then La Poste's "lettre verte" in three days, and a week-end in between.
LETTER_LEAD = timedelta(days=7)


class UnreachableError(Exception):
    """Neither a working e-mail nor a postal address is known: the Caf must find one."""


def choose_channel(email: str | None, *, email_bounced: bool, address: Sequence[str]) -> Channel:
    """Raises UnreachableError when there is no way at all. `address` holds the lines below the name."""
    if email and not email_bounced:
        return Channel.EMAIL
    if any(line.strip() for line in address):
        return Channel.LETTER
    raise UnreachableError


def letter_still_useful(now: datetime, expires_at: datetime | None) -> bool:
    """A password that would be dead on the doormat is not worth a stamp: identity issues another one instead."""
    return expires_at is None or now + LETTER_LEAD <= expires_at
