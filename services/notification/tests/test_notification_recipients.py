"""Where one is written to: what the landlord confirmed, what the Caf knows, and what waits for a better address."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock, ids
from notification_world import BASE, LOGIN, PASSWORD, Data, World

ANNE = "anne@lilas.example"
UNPRINTABLE = ["LE BOURG", "RENNES"]
CORRECTED = ["LE BOURG", "35000 RENNES"]


@pytest.fixture
def confirmed(world: World) -> World:
    """Anne, the administrator, confirmed her address; the registry has another."""
    world.registered(email="old@registry.example")
    world.activate(world.account_id, ANNE)
    world.administers(world.account_id)
    return world


def sent_to(world: World) -> list[str]:
    world.send()
    return [recipients[0] for _, recipients in world.relay.envelopes]


TOLD = {
    "july": lambda world, email: world.july(email=email),
    "reminder": lambda world, email: world.reminder(email=email),
    "answered": lambda world, email: world.answered(email=email),
    "report_answered": lambda world, email: world.report(email=email),
    "receipt of a paper": lambda world, email: world.recap(email=email),
    "receipt of a lot": lambda world, email: world.lot(email=email),
}


@pytest.mark.parametrize("email", ["old@registry.example", None])
@pytest.mark.parametrize("what", TOLD)
def test_what_the_administrator_confirmed_comes_before_the_registry(confirmed: World, what: str, email: str) -> None:
    TOLD[what](confirmed, email)
    assert sent_to(confirmed) == [ANNE]


@pytest.mark.parametrize("what", TOLD)
def test_an_address_that_refuses_is_followed_by_the_other_one_then_by_a_letter(world: World, what: str) -> None:
    world.registered(email="old@registry.example")
    world.activate(world.account_id, "bounce@lilas.example")
    world.administers(world.account_id)
    TOLD[what](world, "old@registry.example")
    assert sent_to(world) == ["old@registry.example"]
    refused, other = world.messages
    assert [(row["channel"], row["state"]) for row in (refused, other)] == [
        ("email", "bounced"),
        ("email", "delivered"),
    ]
    assert (other["replaces_id"], refused["variables"], other["variables"]) == (refused["id"], {}, {})
    [told] = world.harness.published("notification.bounced.v1")
    assert told.data["replaced_by"] == str(other["id"])


def test_once_both_addresses_have_refused_the_letter_leaves(world: World) -> None:
    world.registered(email="bounce@registry.example")
    world.activate(world.account_id, "bounce@lilas.example")
    world.administers(world.account_id)
    world.reminder(email="bounce@registry.example")
    assert sent_to(world) == []
    assert [(row["channel"], row["state"]) for row in world.messages] == [
        ("email", "bounced"),
        ("email", "bounced"),
        ("letter", "to_compose"),
    ]


@pytest.mark.parametrize("changes", [{"role": "user"}, {"active": False}])
def test_who_is_no_administrator_any_more_is_not_written_to(confirmed: World, changes: Data) -> None:
    confirmed.administers(confirmed.account_id, version=2, **changes)
    confirmed.july(email="old@registry.example")
    assert sent_to(confirmed) == ["old@registry.example"]


def test_an_older_version_of_a_right_changes_nothing(confirmed: World) -> None:
    confirmed.administers(confirmed.account_id, version=3)
    confirmed.administers(confirmed.account_id, version=2, active=False)
    confirmed.july(email=None)
    assert sent_to(confirmed) == [ANNE]


def test_the_administrator_of_another_organisation_is_not_written_to(world: World) -> None:
    world.activate(world.account_id, ANNE)
    world.administers(world.account_id, organisation_id=str(ids.new_id()))
    world.july(email="old@registry.example")
    assert sent_to(world) == ["old@registry.example"]


def test_a_newer_registry_does_not_override_what_was_confirmed(confirmed: World) -> None:
    confirmed.registered(email="newer@registry.example", version=2)
    confirmed.july(email="newer@registry.example")
    assert sent_to(confirmed) == [ANNE]


def test_a_confirmed_address_that_refused_leaves_the_registrys(confirmed: World) -> None:
    confirmed.relay.replies["anne"] = confirmed.relay.replies["bounce"]
    confirmed.recap(email=None)
    assert sent_to(confirmed) == []
    confirmed.july(email="old@registry.example")
    assert sent_to(confirmed) == ["old@registry.example"]
    found = landlord(confirmed)
    assert (found["used"], found["bounced"]) == ("registry_email", [ANNE])


def test_credentials_go_where_identity_says(confirmed: World) -> None:
    confirmed.credentials(email="old@registry.example")
    assert set(sent_to(confirmed)) == {"old@registry.example"}


def landlord(world: World, **claims: Any) -> Data:
    answer = world.harness.client.get(f"{BASE}/landlords/{world.landlord_id}", headers=world.agent(**claims))
    assert answer.status_code == 200, answer.text
    found: Data = answer.json()
    return found


def to_correct(world: World, **claims: Any) -> Data:
    found: Data = world.harness.client.get(f"{BASE}/landlords/address-problems", headers=world.agent(**claims)).json()
    return found


def test_the_caf_sees_both_addresses_and_which_is_used(confirmed: World) -> None:
    found = landlord(confirmed)
    assert (found["confirmed_email"], found["registry_email"]) == (ANNE, "old@registry.example")
    assert (found["used"], found["used_label"]) == ("confirmed_email", "Courriel confirmé par le bailleur")


def test_another_caf_sees_nothing_of_the_landlord(world: World) -> None:
    world.registered(address=UNPRINTABLE)
    foreign = f"{BASE}/landlords/{world.landlord_id}"
    unknown = f"{BASE}/landlords/{ids.new_id()}"
    stranger = world.agent(caf="220")
    answers = [world.harness.client.get(path, headers=stranger) for path in (foreign, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert to_correct(world, caf="220") == {"items": [], "total": 0, "next_cursor": None}
    assert to_correct(world, caf=None, supervisor=True)["total"] == 1


def test_an_address_that_cannot_be_printed_is_a_task_until_it_is_corrected(world: World) -> None:
    world.registered(address=UNPRINTABLE)
    world.july(email=None, address=UNPRINTABLE)
    [found] = to_correct(world)["items"]
    assert found["id"] == str(world.landlord_id)
    assert found["address_problems"][0]["code"] == "address-without-postcode-and-town"
    assert "35000 RENNES" in found["address_problems"][0]["detail"]
    assert (found["waiting_letters"], found["envelope"]) == (1, [])
    world.registered(address=CORRECTED, version=2)
    assert to_correct(world)["items"] == []
    assert landlord(world)["envelope"] == ["SCI DES LILAS", "LE BOURG", "35000 RENNES"]


def test_what_waited_leaves_by_itself_once_the_address_is_corrected(world: World) -> None:
    world.registered(address=UNPRINTABLE)
    world.july(email=None, address=UNPRINTABLE)
    world.reminder(email=None, address=UNPRINTABLE)
    world.credentials(email=None, address=UNPRINTABLE)
    assert set(world.states().values()) == {"address_refused"}
    assert world.requested() == []
    world.registered(address=CORRECTED, version=2)
    assert set(world.states().values()) == {"to_compose"}
    asked = {event.data["template"]: event for event in world.requested()}
    assert set(asked) == {"july", "reminder", "login", "provisional_password"}
    assert asked["july"].personal["variables"]["tenants"][0]["number"] == "1234567A"
    assert world.secret_of(asked["login"]) == {"login": LOGIN}
    assert world.secret_of(asked["provisional_password"]) == {"password": PASSWORD}
    world.render_letters()
    assert {row["caf_code"] for row in world.make_batches()} == {"359"}


def test_a_correction_that_arrives_before_the_message_counts(world: World) -> None:
    world.registered(address=CORRECTED, version=2)
    world.credentials(email=None, address=UNPRINTABLE)
    assert set(world.states().values()) == {"to_compose"}


def test_a_correction_that_is_none_changes_the_reason_alone(world: World) -> None:
    world.registered(address=UNPRINTABLE)
    world.july(email=None, address=UNPRINTABLE)
    world.registered(address=["LE BOURG"], version=2)
    assert [(row["state"], row["reason"]) for row in world.messages] == [("address_refused", "address-too-few-lines")]


def test_an_older_version_of_the_registry_releases_nothing(world: World) -> None:
    world.registered(address=UNPRINTABLE, version=3)
    world.july(email=None, address=UNPRINTABLE)
    world.registered(address=CORRECTED, version=2)
    assert world.states() == {"july/letter": "address_refused"}


def test_the_correction_of_one_landlord_releases_no_other(world: World) -> None:
    world.july(email=None, address=UNPRINTABLE)
    world.registered(address=CORRECTED, landlord_id=str(ids.new_id()), user_number="35900007090002")
    assert world.states() == {"july/letter": "address_refused"}


def test_a_password_that_waits_is_sealed_and_ends_with_its_time(world: World) -> None:
    world.credentials(email=None, address=UNPRINTABLE)
    assert PASSWORD not in world.everything_stored()
    with time_machine.travel(clock.now() + timedelta(days=31)):
        world.harness.run_job("end letters without address")
    assert set(world.states().values()) == {"expired"}
    assert [row["secret"] for row in world.messages] == [None, None]


def test_a_letter_that_waits_half_a_year_for_an_address_is_given_up_with_what_it_says(world: World) -> None:
    world.july(email=None, address=UNPRINTABLE)
    with time_machine.travel(clock.now() + timedelta(days=179)):
        world.harness.run_job("end letters without address")
        assert world.states() == {"july/letter": "address_refused"}
    with time_machine.travel(clock.now() + timedelta(days=181)):
        world.harness.run_job("end letters without address")
    assert world.states() == {"july/letter": "expired"}
    assert [row["variables"] for row in world.messages] == [{}]


def test_new_credentials_replace_those_that_wait_for_an_address(world: World) -> None:
    world.credentials(email=None, address=UNPRINTABLE)
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        world.credentials(email=None, address=CORRECTED, purpose="reissue")
    states = [row["state"] for row in world.messages]
    assert states == ["superseded", "superseded", "to_compose", "to_compose"]


def test_a_reminder_that_waits_for_an_address_is_taken_back_when_the_landlord_has_finished(world: World) -> None:
    due = world.reminder(email=None, address=UNPRINTABLE)
    world.reminder_withdrawn(due)
    assert world.states() == {"reminder/letter": "withdrawn"}


def test_letters_abroad_have_batches_of_their_own(world: World) -> None:
    world.july(email=None)
    world.july(
        email=None,
        landlord_id=str(ids.new_id()),
        user_number="35900007090002",
        address=["RUE HAUTE 12", "1000 BRUXELLES", "BELGIQUE"],
    )
    world.render_letters()
    assert sorted((row["abroad"], row["letters"]) for row in world.make_batches()) == [(False, 1), (True, 1)]
    shown = world.harness.client.get(f"{BASE}/letter-batches", headers=world.agent()).json()["items"]
    assert {(one["destination"], one["destination_label"]) for one in shown} == {
        ("france", "France"),
        ("abroad", "International"),
    }
    [belgian] = [event for event in world.requested() if event.personal["recipient"]["address"][-1] == "BELGIQUE"]
    assert belgian.personal["recipient"]["address"] == ["RUE HAUTE 12", "1000 BRUXELLES", "BELGIQUE"]


def test_another_caf_that_names_the_number_releases_nothing_and_changes_nothing(world: World) -> None:
    world.registered(address=UNPRINTABLE)
    world.credentials(email=None, address=UNPRINTABLE)
    before = world.harness.rows("landlord")
    stranger: Data = {"address": CORRECTED, "caf_code": "569", "version": 9}
    world.registered(**stranger)
    world.registered(**stranger, landlord_id=str(ids.new_id()))
    assert (world.harness.rows("landlord"), set(world.states().values())) == (before, {"address_refused"})
    # A supervisor's act moves it.
    world.registered(**stranger, moves=1)
    assert [row["caf_code"] for row in world.harness.rows("landlord")] == ["569"]
