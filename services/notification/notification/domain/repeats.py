"""How soon the same message may reach the same person again."""

from datetime import datetime, timedelta

from notification.domain.templates import Template

# Credentials have no window: each new password invalidates the one before, so holding it back would leave the person
# with an invalid one. Identity limits how often a new one can be requested. Recaps: one per transmission.
REPEAT_WINDOWS = {Template.JULY: timedelta(days=7), Template.REMINDER: timedelta(days=5)}


def too_soon(template: Template, last_at: datetime | None, now: datetime) -> bool:
    """Whether `template` was sent to this landlord less than its window before `now`."""
    window = REPEAT_WINDOWS.get(template)
    return window is not None and last_at is not None and now - last_at < window
