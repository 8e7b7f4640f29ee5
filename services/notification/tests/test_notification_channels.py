from datetime import UTC, datetime, timedelta

import pytest
from notification.domain.channels import Channel, UnreachableError, choose_channel, letter_still_useful
from notification.domain.repeats import too_soon

NOW = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)
ADDRESS = ["2 rue Gina Pane", "35000 Rennes"]


def test_without_email_nor_address_nobody_is_reached() -> None:
    with pytest.raises(UnreachableError):
        choose_channel(None, email_bounced=False, address=["", "  "])


def test_a_bounced_email_without_address_is_not_tried_again() -> None:
    with pytest.raises(UnreachableError):
        choose_channel("a@example.org", email_bounced=True, address=[])


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
    assert choose_channel(email, email_bounced=bounced, address=ADDRESS) is channel


def test_a_letter_that_would_arrive_after_its_password_died_is_useless() -> None:
    assert not letter_still_useful(NOW, NOW + timedelta(hours=72))
    assert letter_still_useful(NOW, NOW + timedelta(days=30))
    assert letter_still_useful(NOW, None)


def test_the_july_message_is_not_repeated_within_its_window() -> None:
    assert too_soon("july_request", NOW - timedelta(days=6), NOW)
    assert not too_soon("july_request", NOW - timedelta(days=7), NOW)
    assert not too_soon("july_request", None, NOW)


def test_a_new_password_is_never_held_back_because_it_killed_the_one_before() -> None:
    assert not too_soon("credentials_password", NOW, NOW)
