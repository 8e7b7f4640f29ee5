"""How long one waits after failures: longer each time, never for good, and forgotten after a quiet while."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Policy:
    """`free` failures cost nothing; the next one costs `base`, then twice as much each time, up to `longest`."""

    free: int
    base: timedelta
    longest: timedelta
    forgotten_after: timedelta

    def tightened(self) -> "Policy":
        """While many fail everywhere: a fifth of the free tries, for everybody; nobody is shut out for good."""
        return replace(self, free=self.free // 5)


@dataclass(frozen=True)
class Counter:
    """`kind` keeps a login and a user number that look alike apart."""

    policy: Policy
    kind: str
    subject: str


@dataclass(frozen=True)
class Failures:
    count: int = 0
    last_at: datetime | None = None


# Of a login from one network, or from one device that the account knows. A lock for good would let anybody shut anybody
# out: the longest wait keeps a guesser under 100 tries a day.
PER_LOGIN = Policy(5, timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=12))
# From all the devices that the account does not know: 100 in a row at most (NIST SP 800-63B-4 §3.2.2), then a day.
PER_LOGIN_IN_ALL = Policy(99, timedelta(hours=24), timedelta(hours=24), timedelta(hours=24))
# A whole office or a mobile operator stands behind one network: more is free, and it is forgotten sooner.
PER_NETWORK = Policy(50, timedelta(seconds=1), timedelta(minutes=15), timedelta(minutes=30))
# Who meets this one holds the password already: 24 tries a day, three codes of a million being right at any moment.
PER_SECOND_FACTOR = Policy(5, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=24))
PER_SECOND_FACTOR_IN_ALL = Policy(19, timedelta(hours=24), timedelta(hours=24), timedelta(hours=24))
PER_RECOVERED_SUBJECT = Policy(3, timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24))
# While one types: far more than a person does, far less than a list to try.
PER_ADVISED = Policy(200, timedelta(seconds=1), timedelta(minutes=5), timedelta(minutes=30))
# Each costs a message to somebody's mailbox.
PER_CONFIRMED_ADDRESS = Policy(5, timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24))
PER_RECOVERING_NETWORK = Policy(20, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=6))


def wait_after(policy: Policy, failures: int) -> timedelta:
    """What `failures` in a row cost before the next try."""
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
    """How long before the next try is looked at; zero when it may be at once."""
    counted = remembered(policy, failures, now)
    if counted.last_at is None:
        return timedelta(0)
    return max(timedelta(0), counted.last_at + wait_after(policy, counted.count) - now)


def one_more(policy: Policy, failures: Failures, now: datetime) -> Failures:
    return Failures(remembered(policy, failures, now).count + 1, now)
