"""Retry delays of an e-mail that could not be handed over."""

from datetime import timedelta

# Short at first, for a relay that restarts; then every 15 minutes.
WAITS = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))

# With the waits above, more than a day: time for a person to repair the relay in the morning.
MAX_ATTEMPTS = 100

# Longer than the slowest SMTP exchange, seven replies of 20 s: past it, the claiming process must have died.
CLAIM_LASTS = timedelta(minutes=3)


def wait_after(attempts: int, *, at_least_seconds: int = 0) -> timedelta:
    """The wait after `attempts` failures; a relay that throttles us sets `at_least`."""
    return max(WAITS[min(attempts, len(WAITS)) - 1], timedelta(seconds=at_least_seconds))


def exhausted(attempts: int) -> bool:
    return attempts >= MAX_ATTEMPTS
