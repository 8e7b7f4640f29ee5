"""Login and password: what may never happen, then how they leave."""

from datetime import timedelta

import pytest
import time_machine
from chassis import clock, ids
from notification_relay import plain_text
from notification_world import ADDRESS, BASE, DAY, LOGIN, PASSWORD, Data, World


def bodies(world: World) -> list[str]:
    return [plain_text(message) for message in world.relay.accepted]


def test_no_email_holds_both_login_and_password(world: World) -> None:
    world.credentials()
    world.send()
    assert sorted((LOGIN in body, PASSWORD in body) for body in bodies(world)) == [(False, True), (True, False)]


def test_of_two_accounts_in_one_mailbox_each_password_is_paired_with_its_login(world: World) -> None:
    world.credentials(user_number="35900007090001", caf_code="359", account_id=str(ids.new_id()))
    other = {"account_id": str(ids.new_id()), "issue_id": str(ids.new_id())}
    world.credentials(user_number="22000007090042", caf_code="220", **other)
    world.send()
    ends = (
        "Caf\u00a0359, N°\u00a0utilisateur qui finit par 0001",
        "Caf\u00a0220, N°\u00a0utilisateur qui finit par 0042",
    )
    for end in ends:
        mails = [message for message in world.relay.accepted if end in message["Subject"]]
        said = [plain_text(message) for message in mails]
        assert sorted((LOGIN in body, PASSWORD in body) for body in said) == [(False, True), (True, False)]
        assert all(f"Compte concerné : {end}." in body for body in said)
    assert not any(number in body for body in bodies(world) for number in ("35900007090001", "22000007090042"))


def test_neither_is_readable_in_the_database_before_nor_after_sending(world: World) -> None:
    world.credentials()
    for _ in range(2):
        stored = world.everything_stored()
        assert LOGIN not in stored
        assert PASSWORD not in stored
        world.send()


def test_once_handled_the_event_keeps_nothing_of_the_secret_even_sealed(world: World) -> None:
    sealed = world.credentials()["sealed"]
    received = world.harness.rows("inbox")
    assert [(row["done_at"] is not None, row["envelope"]) for row in received] == [(True, "")]
    assert sealed not in world.everything_stored()


def test_neither_is_readable_in_what_asks_for_the_letters(world: World) -> None:
    world.credentials(email=None)
    for event in world.requested():
        told = str(event.data) + str(event.personal)
        assert LOGIN not in told
        assert PASSWORD not in told
    assert [world.secret_of(event) for event in world.requested()] == [{"login": LOGIN}, {"password": PASSWORD}]


def test_the_secret_is_erased_as_soon_as_the_email_is_accepted(world: World) -> None:
    world.credentials()
    assert [row["secret"] is None for row in world.messages] == [False, False]
    world.send()
    for row in world.messages:
        assert (row["state"], row["secret"], row["email"], row["address"], row["variables"]) == (
            "delivered",
            None,
            None,
            [],
            {},
        )


def test_the_same_event_twice_sends_nothing_twice(world: World) -> None:
    data = world.credentials()
    world.credentials(issue_id=data["issue_id"])
    world.send()
    assert len(world.messages) == len(world.relay.accepted) == 2


def test_a_password_that_died_waiting_is_never_sent(world: World) -> None:
    world.credentials()
    with time_machine.travel(clock.now() + 4 * DAY, tick=False):
        world.send()
    assert world.relay.accepted == []
    assert set(world.states().values()) == {"expired"}
    assert all(row["secret"] is None for row in world.messages)


def test_newer_credentials_void_those_that_have_not_left(world: World) -> None:
    world.credentials(password="OLD-OLD-OLD-OLD")
    world.credentials()
    world.send()
    assert not any("OLD-OLD" in body for body in bodies(world))
    assert sorted(row["state"] for row in world.messages) == ["delivered", "delivered", "superseded", "superseded"]


def test_older_credentials_that_arrive_late_are_dropped(world: World) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        world.credentials()
    world.credentials(password="OLD-OLD-OLD-OLD")
    world.send()
    assert len(world.messages) == 2
    assert not any("OLD-OLD" in body for body in bodies(world))


def test_a_forgotten_password_is_one_email(world: World) -> None:
    world.credentials(purpose="password_recovery")
    world.send()
    (body,) = bodies(world)
    assert PASSWORD in body
    assert "dans l’autre courriel" not in body


def test_two_letters_leave_when_no_email_is_known(world: World) -> None:
    world.credentials(email=None)
    assert world.states() == {"login/letter": "to_compose", "provisional_password/letter": "to_compose"}
    assert {event.personal["recipient"]["name"] for event in world.requested()} == {"MME ADA DURAND"}
    assert world.requested()[0].personal["recipient"]["address"] == ["12 PLACE DES LICES", "35000 RENNES"]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ([], "address-too-few-lines"),
        (["12 place des Lices"], "address-too-few-lines"),
        (["12 place des Lices", "Rennes"], "address-without-postcode-and-town"),
        ([*ADDRESS[:1], "x" * 39, ADDRESS[1]], "address-line-too-long"),
    ],
)
def test_a_letter_whose_address_does_not_fit_is_refused_with_a_reason(
    world: World, address: list[str], reason: str
) -> None:
    world.credentials(email=None, address=address)
    assert {(row["state"], row["reason"]) for row in world.messages} == {("address_refused", reason)}
    assert world.requested() == []


def test_an_email_that_bounces_is_told_and_no_letter_carries_a_password_that_would_arrive_dead(world: World) -> None:
    world.credentials(email="bounce@example.org")
    world.send()
    assert set(world.states().values()) == {"bounced"}
    told = world.harness.published("notification.bounced.v1")
    assert [(event.data["replaced_by"], event.data["account_id"]) for event in told] == [
        (None, str(world.account_id))
    ] * 2


def test_an_email_that_bounces_becomes_a_letter_when_the_password_lives_long_enough(world: World) -> None:
    world.credentials(email="bounce@example.org", expires_at=clock.iso(clock.now() + 30 * DAY))
    world.send()
    assert world.states() == {
        "login/email": "bounced",
        "provisional_password/email": "bounced",
        "login/letter": "to_compose",
        "provisional_password/letter": "to_compose",
    }
    assert [world.secret_of(event) for event in world.requested()] == [{"login": LOGIN}, {"password": PASSWORD}]
    replaced = [event.data["replaced_by"] for event in world.harness.published("notification.bounced.v1")]
    assert replaced == [str(row["id"]) for row in world.messages if row["channel"] == "letter"]


def test_each_passage_is_a_row(world: World) -> None:
    world.credentials(purpose="password_recovery")
    world.send()
    passages: list[Data] = sorted(world.harness.rows("state_transition"), key=lambda row: row["seq"])
    assert [(row["event"], row["before"], row["after"]) for row in passages] == [
        ("created", None, "waiting"),
        ("claimed", "waiting", "sending"),
        ("accepted", "sending", "delivered"),
    ]


def test_an_accented_domain_is_written_to_in_ascii_and_an_accented_mailbox_by_letter_at_once(world: World) -> None:
    world.credentials(email="contact@hôtel.example")
    world.send()
    assert {tuple(to) for _sender, to in world.relay.envelopes} == {("contact@xn--htel-vqa.example",)}
    assert all("<contact@xn--htel-vqa.example>" in str(message["To"]) for message in world.relay.accepted)
    world.credentials(email="rené@hotel.example", account_id=str(ids.new_id()), issue_id=str(ids.new_id()))
    letters = [row for row in world.harness.rows("message") if row["channel"] == "letter"]
    assert [row["reason"] for row in letters] == ["email-not-carried-by-relays"] * 2
    shown = world.harness.client.get(f"{BASE}/messages?channel=letter", headers=world.agent()).json()["items"]
    assert {one["reason_label"] for one in shown} == {
        "Les relais de messagerie ne portent pas les accents avant le @ : le message part par courrier."
    }
