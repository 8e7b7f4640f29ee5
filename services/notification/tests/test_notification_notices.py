"""What touches the security of an account is told to its holder, once, by e-mail."""

from datetime import timedelta
from typing import Any

import pytest
from chassis import clock, ids, sealing
from notification.models import Message
from notification_relay import plain_text
from notification_world import World
from sqlalchemy import update


def tell(world: World, kind: str = "factor_added", **changes: Any) -> dict[str, Any]:
    data = {
        "account_id": str(world.account_id),
        "notice_id": str(ids.new_id()),
        "caf_code": None,
        "kind": kind,
        "factor": "passkey",
        "happened_at": clock.iso(clock.now()),
        **changes,
    }
    world.harness.deliver("identity.security_notice.v1", data, {"name": "Ada Durand", "email": "ada@example.org"})
    return data


def test_a_notice_told_twice_is_sent_once(world: World) -> None:
    data = tell(world)
    tell(world, notice_id=data["notice_id"])
    world.send()
    assert len(world.messages) == len(world.relay.accepted) == 1


def test_an_address_that_refuses_mail_gets_no_letter_of_it(world: World) -> None:
    tell(world)
    with world.harness.transaction() as session:
        session.execute(update(Message).values(state="bounced"))
    tell(world, kind="password_changed", factor=None)
    assert [row["state"] for row in world.messages] == ["bounced"]
    assert not world.requested()


@pytest.mark.parametrize("kind", ["factor_added", "recovery_code_used"])
def test_the_holder_reads_what_happened(world: World, kind: str) -> None:
    tell(world, kind)
    world.send()
    [mail] = world.relay.accepted
    body = plain_text(mail)
    assert mail["To"] == "Ada Durand <ada@example.org>"
    assert ("une clé d’accès" in body, "code de secours" in body) == (kind == "factor_added", kind != "factor_added")


def test_a_code_goes_to_the_new_address_once_and_is_kept_sealed_until_it_is_sent(world: World) -> None:
    data = {
        "account_id": str(world.account_id),
        "change_id": str(ids.new_id()),
        "caf_code": None,
        "expires_at": clock.iso(clock.now() + timedelta(hours=1)),
        "sealed": sealing.seal_for(world.harness.runtime.settings, "notification", {"code": "ACDE-FGHJ"}),
    }
    person = {"name": "Ada Durand", "email": "new@example.org"}
    for _ in range(2):
        world.harness.deliver("identity.email_confirmation_asked.v1", data, person)
    assert "ACDE-FGHJ" not in str(world.messages)
    world.send()
    [mail] = world.relay.accepted
    assert mail["To"] == "Ada Durand <new@example.org>"
    assert "ACDE-FGHJ" in plain_text(mail)


def test_an_address_that_another_account_has_gets_an_explanation_and_no_code(world: World) -> None:
    data = {
        "account_id": str(world.account_id),
        "change_id": str(ids.new_id()),
        "caf_code": None,
        "expires_at": clock.iso(clock.now() + timedelta(hours=1)),
        "sealed": sealing.seal_for(world.harness.runtime.settings, "notification", {"code": "ACDE-FGHJ"}),
        "taken": True,
    }
    world.harness.deliver("identity.email_confirmation_asked.v1", data, {"name": "Ada", "email": "ada@example.org"})
    world.send()
    [mail] = world.relay.accepted
    assert "ACDE-FGHJ" not in str(mail)
    assert "donnez une autre adresse" in plain_text(mail)


def test_the_link_that_makes_a_device_known_goes_to_the_holder_and_is_kept_nowhere(world: World) -> None:
    link = "http://localhost:8080/compte/connexion/lien/ouvrir?jeton=abc"
    data = {
        "account_id": str(world.account_id),
        "link_id": str(ids.new_id()),
        "caf_code": None,
        "expires_at": clock.iso(clock.now() + timedelta(hours=1)),
        "sealed": sealing.seal_for(world.harness.runtime.settings, "notification", {"link": link}),
    }
    for _ in range(2):
        world.harness.deliver("identity.sign_in_link_asked.v1", data, {"name": "Ada", "email": "ada@example.org"})
    assert link not in str(world.messages)
    world.send()
    [mail] = world.relay.accepted
    assert link in plain_text(mail)
    assert link not in str(world.messages)
