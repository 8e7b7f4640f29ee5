"""The relay fails in every way: nothing is lost, nothing is sent twice that could be known as a duplicate."""

from contextlib import closing
from datetime import timedelta

import time_machine
from chassis import clock
from notification import sending
from notification.domain.retries import CLAIM_LASTS, MAX_ATTEMPTS
from notification.domain.states import Trigger
from notification.factories import mailer_for
from notification.mailers import FinalError, RetryableError
from notification.sending import Outcome, outcome_of
from notification.settings import own
from notification_world import World


def test_a_relay_that_is_busy_is_tried_again_when_the_wait_is_over(world: World) -> None:
    world.july(email="later@example.org")
    world.send()
    world.send()
    (row,) = world.messages
    assert (row["state"], row["attempts"], row["reason"]) == ("waiting", 1, "smtp-451")
    world.relay.replies.clear()
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        world.send()
    assert world.states() == {"july/email": "delivered"}


def test_the_worker_is_told_when_the_next_message_is_due(world: World) -> None:
    assert sending.send_due(world.harness.runtime) is None
    world.july(email="later@example.org")
    assert sending.send_due(world.harness.runtime) == world.messages[0]["next_attempt_at"]


def test_a_relay_that_throttles_is_left_alone_for_as_long_as_it_says(world: World) -> None:
    world.july(email="throttle@example.org")
    world.send()
    with time_machine.travel(clock.now() + timedelta(seconds=200)):
        world.send()
    assert world.messages[0]["attempts"] == 1


def test_a_final_refusal_is_recorded_and_never_tried_again(world: World) -> None:
    world.july(email="reject@example.org")
    world.send()
    with time_machine.travel(clock.now() + timedelta(days=2)):
        world.send()
    (row,) = world.messages
    assert (row["state"], row["reason"], row["attempts"]) == ("failed", "smtp-554", 1)


def test_one_bad_address_does_not_hold_the_others(world: World) -> None:
    world.july(email="not an address\r\nBcc: eve@example.org")
    world.recap(email="sci@example.org")
    world.send()
    assert world.states() == {"july/email": "bounced", "july/letter": "to_compose", "receipt/email": "delivered"}
    assert [sent[1] for sent in world.relay.envelopes] == [["sci@example.org"]]


def test_retries_end_with_a_final_state() -> None:
    assert outcome_of(RetryableError("x"), MAX_ATTEMPTS - 1).event is Trigger.PUT_OFF
    assert outcome_of(RetryableError("x"), MAX_ATTEMPTS).event is Trigger.GAVE_UP
    assert outcome_of(FinalError("x"), 1).event is Trigger.GAVE_UP


def test_a_crash_after_the_relay_accepted_sends_the_same_bytes_and_the_duplicate_is_known(world: World) -> None:
    world.july()
    runtime = world.harness.runtime
    claim = sending.claim_next(runtime)
    assert claim is not None
    with closing(mailer_for(own(runtime.settings))) as mailer:
        sending.hand_over(mailer, runtime, claim)
    # The process dies here: nobody records the outcome.
    world.send()
    assert world.states() == {"july/email": "sending"}
    with time_machine.travel(clock.now() + CLAIM_LASTS + timedelta(seconds=1)):
        world.send()
    assert world.states() == {"july/email": "delivered"}
    assert len(world.relay.accepted) == 1
    assert len(world.harness.published("notification.delivered.v1")) == 1


def test_whoever_lost_the_claim_has_no_say_any_more(world: World) -> None:
    world.july()
    runtime = world.harness.runtime
    slow = sending.claim_next(runtime)
    assert slow is not None
    with time_machine.travel(clock.now() + CLAIM_LASTS + timedelta(seconds=1)):
        world.send()
        sending.record(runtime, slow, Outcome(Trigger.BOUNCED, "smtp-550"))
    assert world.states() == {"july/email": "delivered"}


def test_a_slow_attempt_says_nothing_while_another_holds_the_message(world: World) -> None:
    world.july()
    runtime = world.harness.runtime
    slow = sending.claim_next(runtime)
    assert slow is not None
    with time_machine.travel(clock.now() + CLAIM_LASTS + timedelta(seconds=1)):
        assert sending.claim_next(runtime) is not None
        sending.record(runtime, slow, Outcome(Trigger.ACCEPTED))
    assert world.states() == {"july/email": "sending"}
    assert world.harness.published("notification.delivered.v1") == []


def test_two_workers_never_hold_the_same_message(world: World) -> None:
    world.july()
    first, second = sending.claim_next(world.harness.runtime), sending.claim_next(world.harness.runtime)
    assert first is not None
    assert second is None


def test_credentials_overtake_the_july_mailing(world: World) -> None:
    world.july()
    world.recap()
    world.credentials()
    world.send()
    subjects = [message["Subject"] for message in world.relay.accepted]
    assert [subject.split()[0] for subject in subjects] == ["Votre", "Votre", "Déclaration", "Déclarez"]


def test_delivered_says_what_was_sent_but_not_to_whom(world: World) -> None:
    world.recap()
    world.send()
    (event,) = world.harness.published("notification.delivered.v1")
    assert event.data["template"] == "receipt"
    assert event.data["declaration_id"] == str(world.declaration_id)
    assert "example.org" not in str(event)
