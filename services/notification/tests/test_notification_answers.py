"""The Caf's answers: one message a landlord and file, by the channel that the landlord has."""

import pytest
from notification.domain.answers import worth_writing
from notification_relay import plain_text
from notification_world import World


def test_the_same_file_told_twice_writes_once_and_another_file_again(world: World) -> None:
    data = world.answered()
    world.answered(import_id=data["import_id"])
    assert len(world.messages) == 1
    world.answered()
    assert len(world.messages) == 2


def test_the_email_says_what_waits_and_names_no_tenant(world: World) -> None:
    world.answered(counts={"information_requested": 1, "rejected": 1, "integrated": 120})
    world.send()
    (message,) = world.relay.accepted
    assert message["Subject"] == "La Caf a répondu\u00a0: 2\u00a0déclarations attendent votre réponse"
    body = plain_text(message)
    assert "Prise en compte\u00a0: 120\u00a0déclarations" in body
    assert "en tête de liste" in body


def test_good_news_alone_goes_by_email_and_never_by_letter(world: World) -> None:
    world.answered(email=None, counts={"integrated": 3})
    world.answered(counts={"under_review": 3})
    assert world.messages == []
    world.answered(counts={"integrated": 1})
    world.send()
    (message,) = world.relay.accepted
    assert message["Subject"] == "La Caf a pris en compte vos déclarations de loyer"


def test_a_landlord_without_email_is_asked_by_letter(world: World) -> None:
    world.answered(email=None, counts={"rejected": 1, "integrated": 2})
    (event,) = world.requested()
    variables = event.personal["variables"]
    assert (event.data["template"], event.data["sealed"]) == ("answered", None)
    assert (variables["rejected"], variables["integrated"], variables["questions"]) == (1, 2, 0)


def test_an_email_that_bounces_becomes_a_letter(world: World) -> None:
    world.answered(email="bounce@example.org")
    world.send()
    assert world.states() == {"answered/email": "bounced", "answered/letter": "to_compose"}


@pytest.mark.parametrize(
    ("counts", "by_email", "written"),
    [
        ({}, True, False),
        ({"under_review": 1}, True, False),
        ({"integrated": 1}, True, True),
        ({"integrated": 1}, False, False),
        ({"rejected": 1}, False, True),
        ({"information_requested": 1, "under_review": 4}, False, True),
    ],
)
def test_what_is_worth_a_message(counts: dict[str, int], by_email: bool, written: bool) -> None:
    assert worth_writing(counts, by_email=by_email) is written
