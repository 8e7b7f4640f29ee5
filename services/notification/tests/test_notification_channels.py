from datetime import UTC, datetime, timedelta

import pytest
from notification.domain.channels import Channel, choose_channel, letter_still_useful
from notification.domain.repeats import too_soon
from notification.domain.templates import Template

NOW = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("email", "bounced", "channel"),
    [
        ("a@example.org", False, Channel.EMAIL),
        ("a@example.org", True, Channel.LETTER),
        (None, False, Channel.LETTER),
        ("", False, Channel.LETTER),
    ],
)
def test_email_when_known_and_working_else_letter(email: str | None, bounced: bool, channel: Channel) -> None:
    assert choose_channel(email, bounced=bounced) is channel


def test_a_letter_that_would_arrive_after_its_password_died_is_useless() -> None:
    assert not letter_still_useful(NOW, NOW + timedelta(hours=72))
    assert letter_still_useful(NOW, NOW + timedelta(days=30))
    assert letter_still_useful(NOW, None)


def test_the_july_message_is_not_repeated_within_its_window() -> None:
    assert too_soon(Template.JULY, NOW - timedelta(days=6), NOW)
    assert not too_soon(Template.JULY, NOW - timedelta(days=7), NOW)
    assert not too_soon(Template.JULY, None, NOW)


def test_a_new_password_is_never_held_back_because_it_killed_the_one_before() -> None:
    assert not too_soon(Template.PROVISIONAL_PASSWORD, NOW, NOW)
