from uuid import UUID

from chassis import ids
from notification_relay import plain_text
from notification_world import REFERENCE, World


def recipients(world: World) -> list[str]:
    world.send()
    return [sent[1][0] for sent in world.relay.envelopes]


def test_the_same_recap_twice_makes_one_receipt_and_a_new_version_another(world: World) -> None:
    world.recap()
    world.recap()
    world.recap(version=2)
    assert len(recipients(world)) == 2


def test_the_receipt_says_reference_instant_and_where_to_read_it_and_nothing_of_the_rent(world: World) -> None:
    world.recap()
    world.send()
    body = plain_text(world.relay.accepted[0])
    assert REFERENCE in body
    assert "2 septembre 2026 à 10\u00a0h\u00a015 (heure de Paris)" in body
    assert f"/declarer/{world.declaration_id}/confirmation" in body
    assert "€" not in body


def test_the_receipt_goes_to_the_person_who_declared(world: World) -> None:
    anne = ids.new_id()
    world.activate(anne, "anne@example.org")
    world.recap(declarant=anne)
    assert recipients(world) == ["anne@example.org"]
    assert world.relay.accepted[0]["To"] == "Mme Anne Martin <anne@example.org>"


def test_an_older_contact_that_arrives_late_is_ignored(world: World) -> None:
    anne = ids.new_id()
    world.activate(anne, "new@example.org", version=2)
    world.activate(anne, "old@example.org", version=1)
    world.recap(declarant=anne)
    assert recipients(world) == ["new@example.org"]


def test_a_declarant_we_do_not_know_leaves_the_receipt_to_the_landlord(world: World) -> None:
    world.recap(declarant=UUID(int=1))
    assert recipients(world) == ["sci@example.org"]


def test_a_paper_declaration_of_a_landlord_without_email_is_acknowledged_by_letter(world: World) -> None:
    world.recap(email=None)
    (event,) = world.requested()
    assert event.data["template"] == "receipt"
    assert event.personal["variables"]["reference"] == REFERENCE


def test_declarations_of_a_lot_get_one_message_together_and_none_each(world: World) -> None:
    anne = ids.new_id()
    world.activate(anne, "anne@example.org")
    for version in (1, 2, 3):
        world.recap(declarant=anne, version=version, lot_id=str(UUID(int=7)))
    world.lot(declarant=anne)
    world.lot(declarant=anne)
    assert recipients(world) == ["anne@example.org"]
    body = plain_text(world.relay.accepted[0])
    assert "500\u00a0déclarations" in body
    assert f"/declarer/lots/{UUID(int=7)}" in body


def test_a_lot_of_a_landlord_without_email_is_acknowledged_by_letter(world: World) -> None:
    world.lot(email=None)
    (event,) = world.requested()
    assert (event.data["template"], event.personal["variables"]["declarations"]) == ("lot_receipt", 500)
