"""The Caf's answer to a report on a list of tenants: one message, by the channel that the landlord has."""

from notification_relay import plain_text
from notification_world import World


def test_the_same_answer_told_twice_writes_once(world: World) -> None:
    data = world.report()
    world.report(report_id=data["report_id"])
    assert len(world.messages) == 1


def test_the_email_leads_to_the_answer_and_quotes_nothing_of_it(world: World) -> None:
    data = world.report()
    world.send()
    (message,) = world.relay.accepted
    assert message["Subject"] == "La Caf a refusé votre signalement"
    body = plain_text(message)
    assert f"/signalements/{data['report_id']}" in body
    assert data["number"] in body
    assert "DEUJOURS" not in message.as_string()
    world.report(outcome="accepted", kind="no_longer_mine")
    world.send()
    assert world.relay.accepted[-1]["Subject"] == "La Caf a accepté votre signalement"


def test_a_landlord_without_email_reads_the_words_of_the_caf_in_a_letter(world: World) -> None:
    world.report(email=None)
    (event,) = world.requested()
    assert (event.data["template"], event.data["sealed"]) == ("report_answered", None)
    variables = event.personal["variables"]
    assert (variables["outcome"], variables["answer"]) == ("refused", "M. DEUJOURS n’est pas allocataire")
    assert "DEUJOURS" not in str(event.data)


def test_an_email_that_bounces_becomes_a_letter(world: World) -> None:
    world.report(email="bounce@example.org")
    world.send()
    assert world.states() == {"report_answered/email": "bounced", "report_answered/letter": "to_compose"}
