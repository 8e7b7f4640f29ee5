"""Which failure counters an attempt uses, so that guesses by others never lock the holder out.

A device from which the holder has signed in has its own counter (OWASP, device cookies). From elsewhere an attempt
counts per account and network, and per account in total: after a hundred failures in a row, a device unknown to the
account needs a link sent by e-mail, a passkey or a recovery.
"""

from dataclasses import dataclass
from datetime import timedelta

from identity.domain.throttle import (
    PER_LOGIN,
    PER_LOGIN_IN_ALL,
    PER_NETWORK,
    PER_SECOND_FACTOR,
    PER_SECOND_FACTOR_IN_ALL,
    Counter,
    Policy,
)

# Validity of the e-mailed link that makes a device known.
LINK_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Counts:
    """When an attempt succeeds, `own` and `in_all` are reset and `shared` is decremented by one."""

    own: Counter
    shared: Counter | None = None
    in_all: Counter | None = None

    @property
    def counters(self) -> tuple[Counter, ...]:
        """Always in this order: simultaneous attempts lock the same rows without deadlock."""
        return tuple(one for one in (self.shared, self.own, self.in_all) if one is not None)


def of_password(login: str, network: str, device: str | None, *, guessable: bool, alarmed: bool) -> Counts:
    """`login` may be unknown: it is counted the same. `device`: one the account knows. `guessable`: chosen by a person,
    unlike a provisional password, which a recovery sends. `alarmed`: many sign-ins fail everywhere."""
    if device is not None:
        return Counts(Counter(PER_LOGIN, "device", device))
    per_login, per_network = (_tight(policy, alarmed) for policy in (PER_LOGIN, PER_NETWORK))
    return Counts(
        Counter(per_login, "login from network", f"{login} {network}"),
        Counter(per_network, "network", network),
        Counter(PER_LOGIN_IN_ALL, "login", login) if guessable else None,
    )


def of_second_factor(account: str, network: str, device: str | None, *, guessable: bool) -> Counts:
    """`guessable`: true for six digits, false for a recovery code."""
    if device is not None:
        return Counts(Counter(PER_SECOND_FACTOR, "second factor on device", device))
    return Counts(
        Counter(PER_SECOND_FACTOR, "second factor from network", f"{account} {network}"),
        in_all=Counter(PER_SECOND_FACTOR_IN_ALL, "second factor", account) if guessable else None,
    )


def of_session(policy: Policy, kind: str, session: str) -> Counts:
    """For reauthentication in an open session: whoever guesses in a stolen session only delays that session."""
    return Counts(Counter(policy, f"{kind} in session", session))


def _tight(policy: Policy, alarmed: bool) -> Policy:
    return policy.tightened() if alarmed else policy
