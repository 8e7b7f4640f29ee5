"""Waits after failures: growing, never permanent, and reset after a quiet period."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Policy:
    """`free` failures cost no wait; the next one costs `base`, doubled each time up to `longest`."""

    free: int
    base: timedelta
    longest: timedelta
    forgotten_after: timedelta

    def tightened(self) -> "Policy":
        """During an alarm everybody gets a fifth of the free tries; nobody is locked out permanently."""
        return replace(self, free=self.free // 5)


@dataclass(frozen=True)
class Counter:
    """`kind` distinguishes equal subjects, e.g. a login and a user number."""

    policy: Policy
    kind: str
    subject: str


@dataclass(frozen=True)
class Failures:
    count: int = 0
    last_at: datetime | None = None


# Per login and network, or per device that the account knows. A permanent lock would let anybody lock anybody out: the
# longest wait keeps a guesser under 100 tries per day.
PER_LOGIN = Policy(5, timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=12))
# All devices unknown to the account: at most 100 failures in a row (NIST SP 800-63B-4 §3.2.2), then a day's wait.
PER_LOGIN_IN_ALL = Policy(99, timedelta(hours=24), timedelta(hours=24), timedelta(hours=24))
# A whole office or mobile operator may share one network: more free tries, and a shorter memory.
PER_NETWORK = Policy(50, timedelta(seconds=1), timedelta(minutes=15), timedelta(minutes=30))
# Reached only with the right password: 24 tries per day, with three codes out of a million valid at any moment.
PER_SECOND_FACTOR = Policy(5, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=24))
PER_SECOND_FACTOR_IN_ALL = Policy(19, timedelta(hours=24), timedelta(hours=24), timedelta(hours=24))
PER_RECOVERED_SUBJECT = Policy(3, timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24))
# Password advice while typing: far more than a person needs, far too few to try a list.
PER_ADVISED = Policy(200, timedelta(seconds=1), timedelta(minutes=5), timedelta(minutes=30))
# Each sends a message to a mailbox.
PER_CONFIRMED_ADDRESS = Policy(5, timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24))
PER_RECOVERING_NETWORK = Policy(20, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=6))


def wait_after(policy: Policy, failures: int) -> timedelta:
    """The wait after `failures` in a row."""
    over = failures - policy.free
    if over <= 0:
        return timedelta(0)
    # Capped before the power, which otherwise overflows timedelta after some 60 failures.
    return min(policy.longest, policy.base * (1 << min(over - 1, 20)))


def remembered(policy: Policy, failures: Failures, now: datetime) -> Failures:
    """The failures that still count."""
    if failures.last_at is None or now - failures.last_at > policy.forgotten_after:
        return Failures()
    return failures


def remaining_wait(policy: Policy, failures: Failures, now: datetime) -> timedelta:
    """The wait before the next attempt is accepted; zero if there is none."""
    counted = remembered(policy, failures, now)
    if counted.last_at is None:
        return timedelta(0)
    return max(timedelta(0), counted.last_at + wait_after(policy, counted.count) - now)


def one_more(policy: Policy, failures: Failures, now: datetime) -> Failures:
    return Failures(remembered(policy, failures, now).count + 1, now)
