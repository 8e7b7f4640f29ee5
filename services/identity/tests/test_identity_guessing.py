"""Which counters an attempt uses, and how long each makes one wait."""

from datetime import UTC, datetime, timedelta

import pytest
from identity.domain import guessing
from identity.domain.guessing import Counts
from identity.domain.throttle import (
    PER_LOGIN,
    PER_LOGIN_IN_ALL,
    PER_NETWORK,
    PER_SECOND_FACTOR,
    PER_SECOND_FACTOR_IN_ALL,
    Counter,
    Failures,
    Policy,
    one_more,
    remaining_wait,
    wait_after,
)

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
LOGIN, NETWORK, DEVICE = "BX7K-2M4Q", "192.0.2.0/24", "d3"


@pytest.mark.parametrize("guessable", [True, False])
@pytest.mark.parametrize("alarmed", [True, False])
def test_a_device_known_to_the_account_counts_alone_whatever_others_do(guessable: bool, alarmed: bool) -> None:
    of_device = Counter(PER_LOGIN, "device", DEVICE)
    counts = guessing.of_password(LOGIN, NETWORK, DEVICE, guessable=guessable, alarmed=alarmed)
    assert counts == Counts(of_device)
    assert counts.counters == (of_device,)


def test_a_password_from_elsewhere_counts_for_its_network_and_for_the_login_in_all() -> None:
    own = Counter(PER_LOGIN, "login from network", f"{LOGIN} {NETWORK}")
    shared = Counter(PER_NETWORK, "network", NETWORK)
    in_all = Counter(PER_LOGIN_IN_ALL, "login", LOGIN)
    counts = guessing.of_password(LOGIN, NETWORK, None, guessable=True, alarmed=False)
    assert counts == Counts(own, shared, in_all)
    assert counts.counters == (shared, own, in_all)
    # A provisional password cannot be guessed: nobody can use it up for its holder.
    assert guessing.of_password(LOGIN, NETWORK, None, guessable=False, alarmed=False) == Counts(own, shared)


def test_during_an_alarm_strangers_get_a_fifth_of_the_free_tries() -> None:
    counts = guessing.of_password(LOGIN, NETWORK, None, guessable=True, alarmed=True)
    assert [counter.policy.free for counter in counts.counters] == [10, 1, 99]
    assert PER_LOGIN.tightened() == Policy(1, PER_LOGIN.base, PER_LOGIN.longest, PER_LOGIN.forgotten_after)
    assert Policy(14, *(timedelta(1),) * 3).tightened().free == 2


def test_a_second_factor_counts_on_its_device_or_for_its_network_and_for_the_account_in_all() -> None:
    on_device = Counter(PER_SECOND_FACTOR, "second factor on device", DEVICE)
    assert guessing.of_second_factor("a1", NETWORK, DEVICE, guessable=True) == Counts(on_device)
    elsewhere = Counter(PER_SECOND_FACTOR, "second factor from network", f"a1 {NETWORK}")
    six_digits = Counter(PER_SECOND_FACTOR_IN_ALL, "second factor", "a1")
    assert guessing.of_second_factor("a1", NETWORK, None, guessable=True) == Counts(elsewhere, in_all=six_digits)
    # A recovery code cannot be guessed.
    assert guessing.of_second_factor("a1", NETWORK, None, guessable=False) == Counts(elsewhere)


def test_guesses_in_an_open_session_delay_that_session_alone() -> None:
    assert guessing.of_session(PER_LOGIN, "password", "s1") == Counts(Counter(PER_LOGIN, "password in session", "s1"))


def test_a_failure_counts_until_the_last_second_of_the_quiet_while_and_starts_a_new_one() -> None:
    failed, last = Failures(9, NOW), NOW + PER_LOGIN.forgotten_after
    assert one_more(PER_LOGIN, failed, last) == Failures(10, last)
    assert one_more(PER_LOGIN, Failures(), NOW) == Failures(1, NOW)
    assert remaining_wait(PER_LOGIN, Failures(), NOW) == timedelta(0)


def test_a_wait_doubles_until_the_longest() -> None:
    policy = Policy(0, timedelta(seconds=1), timedelta(days=365), timedelta(days=365))
    assert [wait_after(policy, failures).total_seconds() for failures in (0, 1, 2, 5)] == [0, 1, 2, 16]
    # Twenty doublings are more than any policy waits; the count of failures does not end there.
    assert wait_after(policy, 21) == wait_after(policy, 22) == timedelta(seconds=2**20)
