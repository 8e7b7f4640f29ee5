"""Which way a message leaves: e-mail if the Caf knows a working one, else letter."""

from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    LETTER = "letter"


CHANNEL_LABELS = {Channel.EMAIL: "Courriel", Channel.LETTER: "Courrier"}

# Printing on the next working day, then La Poste's « lettre verte » in three days, and a week-end in between.
LETTER_LEAD = timedelta(days=7)


def choose_channel(email: str | None, *, bounced: bool) -> Channel:
    """`bounced`: whether this e-mail address has already refused a message."""
    return Channel.EMAIL if email and not bounced else Channel.LETTER


def letter_still_useful(now: datetime, expires_at: datetime | None) -> bool:
    """A password that would be dead on the doormat is not worth a stamp: identity issues another one instead."""
    return expires_at is None or now + LETTER_LEAD <= expires_at
