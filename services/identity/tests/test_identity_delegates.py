"""Delegates as identity knows them: told of it by e-mail, and protected like administrators."""

from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids
from identity.accounts.commands import ClosingReason, close_account
from identity.factors.queries import enrolled
from identity.models import Account


def delegation(world: Any, account_id: str, organisation: Any, *, delegate: bool) -> None:
    data = {
        "account_id": account_id,
        "organisation_id": str(organisation),
        "delegate": delegate,
        "changed_by": str(ids.new_id()),
        "changed_at": clock.iso(clock.now()),
    }
    world.harness.deliver("habilitation.delegation_changed.v1", data)


def told(world: Any) -> list[tuple[str, str]]:
    events = world.harness.published("identity.security_notice.v1")
    return [(event.data["kind"], event.personal["email"]) for event in events if "delegate" in event.data["kind"]]


def test_a_stranger_and_a_closed_account_are_told_nothing(local: Any) -> None:
    _, sent = local.activated()
    with local.harness.transaction() as session:
        from_here = close_account(session, UUID(sent["account_id"]), ClosingReason.WITHDRAWN, actor="test")
    assert from_here
    for account_id in (sent["account_id"], str(ids.new_id())):
        delegation(local, account_id, sent["organisation_id"], delegate=True)
    assert told(local) == []


@pytest.mark.parametrize(("delegate", "kind"), [(True, "delegate_designated"), (False, "delegate_withdrawn")])
def test_the_person_is_told_of_becoming_a_delegate_and_of_being_one_no_more(
    world: Any, delegate: bool, kind: str
) -> None:
    _, sent = world.activated()
    delegation(world, sent["account_id"], sent["organisation_id"], delegate=delegate)
    assert told(world) == [(kind, world.person["email"])]


def test_a_delegate_must_protect_their_account(local: Any) -> None:
    _, sent = local.activated()
    data = {"account_id": sent["account_id"], "organisation_id": sent["organisation_id"], "role": "delegate"}
    local.harness.deliver("habilitation.access_changed.v1", {**data, "scopes": [], "active": True, "version": 1})
    with local.harness.runtime.read_only() as session:
        assert enrolled(session, session.get_one(Account, UUID(sent["account_id"]))).required
