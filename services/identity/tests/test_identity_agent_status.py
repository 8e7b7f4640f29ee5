"""What the other services are told of agents: who is suspended or closed, and of which Caf they are."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from chassis import clock, ids
from chassis.problems import NotFound
from identity.models import Account, Suspension
from identity.supervision import agents
from oidc_client import claims_of, refresh, tokens
from sqlalchemy import select, update

MOVED, SUSPENDED, CLOSED = (f"identity.account_{fact}.v1" for fact in ("moved", "suspended", "closed"))
AGENT: dict[str, Any] = {"login": "DUPONT", "caf_code": "359", "email": "dupont@caf.example"}


def added(world: Any, login: str = "DUPONT", **changes: Any) -> UUID:
    agents.add(world.harness.runtime, **{**AGENT, "login": login, **changes})
    with world.harness.transaction() as session:
        account_id: UUID = session.scalars(select(Account.id).where(Account.login == login)).one()
    return account_id


def told(world: Any, event_type: str) -> list[tuple[Any, ...]]:
    names = ("account_id", "caf_code", "supervisor", "version")
    return [tuple(event.data[name] for name in names) for event in world.harness.published(event_type)]


def signed_in(world: Any) -> Any:
    password = agents.add(world.harness.runtime, **AGENT)
    browser = world.browser()
    browser.sign_in("DUPONT", password)
    browser.complete(email="dupont@caf.example")
    return browser


def test_an_agent_who_changes_caf_signs_in_again_and_every_service_is_told(world: Any) -> None:
    browser = signed_in(world)
    given = tokens(world, browser)
    account_id = claims_of(world, given["access_token"])["sub"]
    agents.move(world.harness.runtime, login="dupont", caf_code="569", supervisor=True)
    [(moved, caf_code, supervisor, version)] = told(world, MOVED)
    assert (moved, caf_code, supervisor) == (account_id, "569", True)
    assert version > 1
    assert refresh(world, given["refresh_token"]).json["error"] == "invalid_grant"
    browser.sign_in("DUPONT", world.password)
    claims = claims_of(world, tokens(world, browser)["access_token"])
    assert (claims["caf"], claims["supervisor"]) == ("569", True)
    [line] = [row for row in world.harness.rows("security_event") if row["kind"] == "agent.moved"]
    assert line["details"] == {"from": "359", "to": "569", "supervisor": True}


def test_nobody_is_moved_but_an_agent(local: Any) -> None:
    local.register()
    for login in ("NOBODY", local.issued()[0]["login"]):
        with pytest.raises(NotFound):
            agents.move(local.harness.runtime, login=login, caf_code="569", supervisor=False)
    assert told(local, MOVED) == []


def test_a_suspended_agent_who_changes_caf_stays_suspended(local: Any) -> None:
    account_id = added(local)
    with local.harness.transaction() as session:
        session.add(Suspension(id=ids.new_id(), account_id=account_id, started_at=clock.now()))
    agents.move(local.harness.runtime, login="DUPONT", caf_code="569", supervisor=False)
    assert told(local, MOVED) == []
    assert told(local, SUSPENDED) == [(str(account_id), "569", False, 2)]


def test_services_that_began_to_listen_late_are_told_again_who_is_shut_out(world: Any) -> None:
    _open, suspended, closed = added(world, "OPEN"), added(world, "SUSPENDED"), added(world, "CLOSED")
    with world.harness.transaction() as session:
        session.add(Suspension(id=ids.new_id(), account_id=suspended, started_at=clock.now()))
        session.execute(update(Account).where(Account.id == closed).values(closed_at=clock.now(), version=4))
    world.harness.run_job("tell how agents stand")
    assert told(world, SUSPENDED) == [(str(suspended), "359", False, 1)]
    assert told(world, CLOSED) == [(str(closed), "359", False, 4)]
    with time_machine.travel(clock.now() + timedelta(days=2)):
        # Whatever token they had is over.
        world.harness.run_job("tell how agents stand")
    assert (len(told(world, SUSPENDED)), len(told(world, CLOSED))) == (2, 1)
