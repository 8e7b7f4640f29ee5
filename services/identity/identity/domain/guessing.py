"""Which failures a try weighs on, so that nobody's guesses keep the holder out.

A device from which the holder has signed in has a count of its own (OWASP, device cookies). From anywhere else a try
counts for the account and its network, and for the account in all: beyond a hundred in a row, whoever comes from
a device that the account does not know needs a link sent by e-mail, a passkey or a recovery.
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

# Of a link sent by e-mail that makes a device known.
LINK_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Counts:
    """`own` starts afresh when a try succeeds, and so does `in_all`; `shared` is given that try back."""

    own: Counter
    shared: Counter | None = None
    in_all: Counter | None = None

    @property
    def counters(self) -> tuple[Counter, ...]:
        """Always in this order: two tries at once lock the same rows one after the other."""
        return tuple(one for one in (self.shared, self.own, self.in_all) if one is not None)


def of_password(login: str, network: str, device: str | None, *, guessable: bool, alarmed: bool) -> Counts:
    """`login` may be unknown: the same is counted. `device`: one that the account knows. `guessable`: chosen by
    a person; a provisional password is not, and is what a recovery sends. `alarmed`: many fail everywhere."""
    if device is not None:
        return Counts(Counter(PER_LOGIN, "device", device))
    per_login, per_network = (_tight(policy, alarmed) for policy in (PER_LOGIN, PER_NETWORK))
    return Counts(
        Counter(per_login, "login from network", f"{login} {network}"),
        Counter(per_network, "network", network),
        Counter(PER_LOGIN_IN_ALL, "login", login) if guessable else None,
    )


def of_second_factor(account: str, network: str, device: str | None, *, guessable: bool) -> Counts:
    """`guessable`: six digits; a recovery code is not."""
    if device is not None:
        return Counts(Counter(PER_SECOND_FACTOR, "second factor on device", device))
    return Counts(
        Counter(PER_SECOND_FACTOR, "second factor from network", f"{account} {network}"),
        in_all=Counter(PER_SECOND_FACTOR_IN_ALL, "second factor", account) if guessable else None,
    )


def of_session(policy: Policy, kind: str, session: str) -> Counts:
    """Of what an open session asks again: who guesses in a session stolen from the holder waits alone."""
    return Counts(Counter(policy, f"{kind} in session", session))


def _tight(policy: Policy, alarmed: bool) -> Policy:
    return policy.tightened() if alarmed else policy
