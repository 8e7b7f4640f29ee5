from datetime import UTC, datetime, timedelta

import pytest
from notification.domain.channels import Used, choose_email, letter_still_useful, used_of
from notification.domain.messages import Template
from notification.domain.retries import exhausted, wait_after

NOW = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("confirmed", "registry", "bounced", "email", "used"),
    [
        ("a@x.org", "b@x.org", set(), "a@x.org", Used.CONFIRMED_EMAIL),
        ("a@x.org", "b@x.org", {"a@x.org"}, "b@x.org", Used.REGISTRY_EMAIL),
        ("a@x.org", "b@x.org", {"a@x.org", "b@x.org"}, None, Used.LETTER),
        ("a@x.org", "a@x.org", set(), "a@x.org", Used.CONFIRMED_EMAIL),
        (None, "b@x.org", set(), "b@x.org", Used.REGISTRY_EMAIL),
        (None, None, set(), None, Used.LETTER),
        ("", "", set(), None, Used.LETTER),
        # Relays do not carry accents before the @.
        ("é@x.org", "b@x.org", set(), "b@x.org", Used.REGISTRY_EMAIL),
    ],
)
def test_what_the_person_confirmed_comes_before_the_registry_and_a_letter_last(
    confirmed: str | None, registry: str | None, bounced: set[str], email: str | None, used: Used
) -> None:
    assert choose_email((confirmed, registry), bounced=bounced) == email
    assert used_of(confirmed, registry, bounced=bounced) is used


def test_a_letter_that_would_arrive_after_its_password_died_is_useless() -> None:
    assert not letter_still_useful(NOW, NOW + timedelta(hours=72))
    assert not letter_still_useful(NOW, NOW + timedelta(days=7) - timedelta(seconds=1))
    assert letter_still_useful(NOW, NOW + timedelta(days=7))
    assert letter_still_useful(NOW, None)


def test_the_july_message_is_not_repeated_within_its_window() -> None:
    assert Template.JULY.kind.too_soon(NOW - timedelta(days=6), NOW)
    assert not Template.JULY.kind.too_soon(NOW - timedelta(days=7), NOW)
    assert not Template.JULY.kind.too_soon(None, NOW)


def test_a_new_password_is_never_held_back_because_it_killed_the_one_before() -> None:
    assert not Template.PROVISIONAL_PASSWORD.kind.too_soon(NOW, NOW)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 5), (4, 15), (5, 15), (99, 15)])
def test_an_email_is_tried_again_soon_then_every_quarter_of_an_hour(attempts: int, minutes: int) -> None:
    assert wait_after(attempts) == timedelta(minutes=minutes)


def test_a_relay_that_asks_for_more_time_gets_it_and_less_is_not_taken() -> None:
    assert wait_after(1, at_least_seconds=61) == timedelta(seconds=61)
    assert wait_after(1, at_least_seconds=59) == timedelta(minutes=1)


def test_the_hundredth_failure_is_the_last() -> None:
    assert not exhausted(99)
    assert exhausted(100)
