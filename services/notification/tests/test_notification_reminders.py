from typing import Any

from chassis import ids
from notification_world import ADDRESS, CAF, World

REMINDER = "declaration.reminder_due.v1"


def due(world: World, email: str | None = "sci@example.org", **changes: Any) -> dict[str, Any]:
    data = {
        "landlord_id": str(world.landlord_id),
        "campaign_id": str(ids.new_id()),
        "caf_code": "359",
        "year": 2026,
        "deadline": "2026-11-15",
        "organisation_id": str(ids.new_id()),
        "user_number": "35900007090001",
        "reminder_on": "2026-11-01",
        "remaining": 3,
        **changes,
    }
    person = {"name": "SCI des Lilas", "email": email, "address": ADDRESS, "caf": CAF}
    world.harness.deliver(REMINDER, data, person)
    return data


def test_a_reminder_says_how_much_is_left_and_until_when(world: World) -> None:
    due(world)
    world.send()
    (message,) = world.relay.accepted
    said = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "3\u00a0déclarations" in said
    assert "15\u00a0novembre\u00a02026" in said or "15 novembre 2026" in said


def test_one_day_of_reminder_writes_once_however_often_it_is_told(world: World) -> None:
    data = due(world)
    due(world, campaign_id=data["campaign_id"])
    assert len(world.messages) == 1


def test_a_landlord_without_email_gets_no_letter_that_says_nothing(world: World) -> None:
    due(world, email=None)
    assert world.messages == []
