"""How long an e-mail that could not pass waits before it is tried again."""

from datetime import timedelta

# Short first, for a relay that restarts; then every quarter of an hour.
WAITS = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))

# With the waits above, more than a day: a relay that is repaired by a person in the morning.
MAX_ATTEMPTS = 100

# Longer than the slowest SMTP conversation, seven answers of 20 s: after it, whoever held the message is dead.
CLAIM_LASTS = timedelta(minutes=3)


def wait_after(attempts: int, *, at_least_seconds: int = 0) -> timedelta:
    """The wait after `attempts` failures; a relay that throttles us says how long `at_least`."""
    return max(WAITS[min(attempts, len(WAITS)) - 1], timedelta(seconds=at_least_seconds))


def exhausted(attempts: int) -> bool:
    return attempts >= MAX_ATTEMPTS
