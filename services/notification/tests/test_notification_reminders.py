"""Reminders: by e-mail or by letter, one a landlord and day, and never to who has finished meanwhile."""

from datetime import timedelta

import pytest
from chassis import clock, ids
from notification import sending
from notification.domain.states import Trigger
from notification.models import Message
from notification_relay import plain_text
from notification_world import Data, World
from sqlalchemy import update

REMINDER = "declaration.reminder_due.v1"


def batches(world: World) -> list[Data]:
    """As if the day's cut-off had passed since the letters were composed."""
    with world.harness.transaction() as session:
        session.execute(update(Message).values(composed_at=clock.now() - timedelta(days=7)))
    return world.make_batches()


def test_a_reminder_says_how_much_is_left_and_until_when(world: World) -> None:
    world.reminder()
    world.send()
    (message,) = world.relay.accepted
    said = plain_text(message)
    assert "3\u00a0déclarations" in said
    assert "15\u00a0novembre\u00a02026" in said or "15 novembre 2026" in said


def test_one_day_of_reminder_writes_once_however_often_it_is_told(world: World) -> None:
    data = world.reminder()
    world.reminder(campaign_id=data["campaign_id"])
    assert len(world.messages) == 1


def test_a_landlord_without_email_is_reminded_by_letter_however_many_tenants(world: World) -> None:
    world.reminder(email=None, remaining=40)
    (event,) = world.requested()
    variables = event.personal["variables"]
    assert (event.data["template"], event.data["sealed"]) == ("reminder", None)
    assert (variables["remaining"], variables["deadline"]) == (40, "2026-11-15")
    assert (variables["user_number"], variables["caf"]["telephone"]) == ("35900007090001", "3230")
    assert "tenants" not in variables
    assert world.states() == {"reminder/letter": "to_compose"}


def test_a_reminder_letter_leaves_in_a_batch(world: World) -> None:
    world.reminder(email=None)
    world.render_letters()
    (batch,) = batches(world)
    assert (batch["series"], batch["caf_code"], batch["letters"]) == ("ordinary", "359", 1)
    assert world.states() == {"reminder/letter": "batched"}


def test_an_email_that_bounces_becomes_a_letter(world: World) -> None:
    world.reminder(email="bounce@example.org")
    world.send()
    assert world.states() == {"reminder/email": "bounced", "reminder/letter": "to_compose"}


def test_a_reminder_that_waits_does_not_leave_once_the_landlord_has_finished(world: World) -> None:
    data = world.reminder()
    world.reminder_withdrawn(data)
    world.send()
    assert world.relay.accepted == []
    assert world.states() == {"reminder/email": "withdrawn"}


@pytest.mark.parametrize("composed", [False, True])
def test_a_letter_that_is_not_in_a_batch_yet_does_not_leave_either_and_its_file_is_erased(
    world: World, composed: bool
) -> None:
    data = world.reminder(email=None)
    if composed:
        world.render_letters()
    world.reminder_withdrawn(data)
    world.reminder_withdrawn(data)
    world.render_letters()
    assert batches(world) == []
    assert world.states() == {"reminder/letter": "withdrawn"}
    world.harness.run_job("erase printed letters")
    assert [row["storage_key"] for row in world.messages] == [None]


def test_what_has_left_is_not_taken_back(world: World) -> None:
    letter = world.reminder(email=None)
    world.render_letters()
    batches(world)
    world.reminder_withdrawn(letter)
    assert world.states() == {"reminder/letter": "batched"}
    world.landlord_id = ids.new_id()
    sent = world.reminder()
    world.send()
    world.reminder_withdrawn(sent)
    assert world.states()["reminder/email"] == "delivered"


def test_an_email_put_off_by_the_relay_is_not_tried_again_once_the_landlord_has_finished(world: World) -> None:
    data = world.reminder()
    claim = sending.claim_next(world.harness.runtime)
    assert claim is not None
    world.reminder_withdrawn(data)
    sending.record(world.harness.runtime, claim, sending.Outcome(Trigger.PUT_OFF, "greylisted"))
    world.send()
    assert world.relay.accepted == []
    assert world.states() == {"reminder/email": "expired"}


def test_a_reminder_that_went_on_to_the_other_address_is_taken_back_there(world: World) -> None:
    world.registered(email="later@registry.example")
    world.activate(world.account_id, "bounce@lilas.example")
    world.administers(world.account_id)
    data = world.reminder(email="later@registry.example")
    world.send()
    assert [row["state"] for row in world.messages] == ["bounced", "waiting"]
    world.reminder_withdrawn(data)
    assert [row["state"] for row in world.messages] == ["bounced", "withdrawn"]


def test_an_address_refused_after_the_landlord_has_finished_is_followed_by_nothing(world: World) -> None:
    world.registered(email="old@registry.example")
    world.activate(world.account_id, "bounce@lilas.example")
    world.administers(world.account_id)
    data = world.reminder(email="old@registry.example")
    claim = sending.claim_next(world.harness.runtime)
    assert claim is not None
    world.reminder_withdrawn(data)
    sending.record(world.harness.runtime, claim, sending.Outcome(Trigger.BOUNCED, "no-such-user"))
    assert [row["state"] for row in world.messages] == ["bounced"]


def test_a_reminder_that_comes_after_its_withdrawal_never_leaves(world: World) -> None:
    data = {"landlord_id": str(world.landlord_id), "campaign_id": str(ids.new_id()), "reminder_on": "2026-11-01"}
    told = {"caf_code": "359", "year": 2026, "deadline": "2026-11-15", "user_number": "35900007090001"}
    world.reminder_withdrawn({**data, **told, "organisation_id": str(ids.new_id())})
    world.reminder(campaign_id=data["campaign_id"])
    world.send()
    assert world.relay.accepted == []
    assert world.states() == {"reminder/letter": "withdrawn"}


def test_the_next_reminder_leaves_although_the_one_before_was_taken_back(world: World) -> None:
    data = world.reminder(email=None)
    world.reminder_withdrawn(data)
    world.reminder(email=None, campaign_id=data["campaign_id"], reminder_on="2026-11-12")
    assert sorted(row["state"] for row in world.messages) == ["to_compose", "withdrawn"]
