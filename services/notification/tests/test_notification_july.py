from notification_relay import plain_text
from notification_world import CAF, TENANT, World


def test_one_campaign_asks_a_landlord_once_however_often_it_is_told(world: World) -> None:
    data = world.july()
    world.july(campaign_id=data["campaign_id"])
    world.send()
    assert len(world.relay.accepted) == 1


def test_another_campaign_within_the_window_does_not_write_again(world: World) -> None:
    world.july()
    world.july()
    assert len(world.messages) == 1


def test_the_email_names_no_tenant(world: World) -> None:
    world.july(tenants=2)
    world.send()
    (message,) = world.relay.accepted
    assert TENANT["last_name"] not in message.as_string()
    assert "359\u00a000007090001" in plain_text(message)


def test_the_letter_carries_one_attestation_per_tenant_and_what_the_guide_shows(world: World) -> None:
    world.july(email=None, tenants=2)
    (event,) = world.requested()
    variables = event.personal["variables"]
    assert event.data["sealed"] is None
    assert variables["tenants"] == [TENANT, TENANT]
    assert variables["caf"] == CAF
    assert (variables["user_number"], variables["deadline"], variables["year"]) == (
        "35900007090001",
        "2026-11-15",
        2026,
    )


def test_too_many_attestations_for_one_envelope_make_several_letters(world: World) -> None:
    data = world.july(email=None, tenants=1001)
    world.july(email=None, tenants=1001, campaign_id=data["campaign_id"])
    assert [len(event.personal["variables"]["tenants"]) for event in world.requested()] == [500, 500, 1]


def test_a_landlord_whose_email_bounced_gets_a_letter_now_and_the_next_time(world: World) -> None:
    world.july(email="bounce@example.org")
    world.send()
    assert world.states() == {"july/email": "bounced", "july/letter": "to_compose"}
    world.recap(email="Bounce@example.org")
    assert world.states()["receipt/letter"] == "to_compose"


def test_the_letters_after_a_bounce_hold_every_tenant(world: World) -> None:
    world.july(email="bounce@example.org", tenants=1001)
    world.send()
    assert [len(event.personal["variables"]["tenants"]) for event in world.requested()] == [500, 500, 1]
    letters = [row for row in world.messages if row["channel"] == "letter"]
    [bounce] = [row for row in world.messages if row["channel"] == "email"]
    assert len({row["act"] for row in letters}) == 3
    assert {row["replaces_id"] for row in letters} == {bounce["id"]}


def test_no_tenant_stays_in_the_table_once_the_letter_is_asked_for(world: World) -> None:
    world.july(email=None)
    assert TENANT["last_name"] not in str(world.messages)
