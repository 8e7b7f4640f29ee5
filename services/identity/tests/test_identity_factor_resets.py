"""A lost second factor: two agents of one Caf agree, never the same one twice. Who may not decide comes first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from chassis import clock
from identity.api_types import FactorResetToDecide
from identity.domain.supervision import RESET_TRANSITIONS, Decision, ResetState, sources
from identity.models import TotpFactor
from identity.supervision import agents
from identity_events import Issued
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

BASE = "/api/identity/v1"
WHY = {"reason": "Vu au guichet avec sa pièce d’identité, téléphone perdu."}


def agent(world: Any, caf: str = "359", *, supervisor: bool = False) -> dict[str, str]:
    login = f"AGENT{len(world.harness.rows('account'))}"
    agents.add(world.harness.runtime, login=login, caf_code=caf, email=f"{login}@caf.example", supervisor=supervisor)
    found = next(row for row in world.harness.rows("account") if row["login"] == login)
    return dict(world.harness.headers(sub=found["id"], kind="agent", caf=caf, supervisor=supervisor))


def protected(world: Any) -> tuple[Any, Issued]:
    """A landlord who has an authenticator application."""
    browser, sent = world.activated()
    factor = {"secret_sealed": "x", "last_counter": 0, "created_at": clock.now()}
    with world.harness.transaction() as session:
        session.add(TotpFactor(account_id=UUID(sent["account_id"]), **factor))
    return browser, sent


def post(world: Any, headers: dict[str, str], path: str, body: Any = None) -> Any:
    return world.harness.client.post(f"{BASE}/{path}", headers=headers, json=WHY if body is None else body)


def waiting(world: Any, headers: dict[str, str]) -> list[FactorResetToDecide]:
    items: list[FactorResetToDecide] = world.harness.client.get(f"{BASE}/factor-resets", headers=headers).json()[
        "items"
    ]
    return items


def asked(world: Any, sent: Issued, headers: dict[str, str]) -> str:
    """The address of the request."""
    here = f"accounts/{sent['account_id']}/factor-resets"
    answer = post(world, headers, here)
    assert answer.status_code == 201
    return f"{here}/{answer.json()['id']}"


def kinds(world: Any) -> list[str]:
    return [row["kind"] for row in world.harness.rows("security_event") if row["kind"].startswith("factor_reset")]


@pytest.mark.parametrize("decision", ["approval", "refusal"])
def test_who_asked_decides_nothing(world: Any, decision: str) -> None:
    _, sent = protected(world)
    first = agent(world)
    here = asked(world, sent, first)
    answer = post(world, first, f"{here}/{decision}")
    assert answer.status_code == 403
    assert "un autre agent" in answer.json()["detail"]
    assert [item["own"] for item in waiting(world, first)] == [True]
    assert len(world.harness.rows("totp_factor")) == 1


def test_the_database_refuses_it_too(world: Any) -> None:
    _, sent = protected(world)
    asked(world, sent, agent(world))
    with pytest.raises(IntegrityError), world.harness.transaction() as session:
        session.execute(text("UPDATE factor_reset SET decided_by = asked_by"))


def test_neither_another_caf_nor_the_landlord_decides_or_asks(world: Any) -> None:
    _, sent = protected(world)
    here, elsewhere = asked(world, sent, agent(world)), agent(world, "353")
    landlord = world.harness.headers(sub=UUID(sent["account_id"]), org=UUID(sent["organisation_id"]))
    for decision in ("approval", "refusal"):
        assert post(world, elsewhere, f"{here}/{decision}").status_code == 404
        assert post(world, landlord, f"{here}/{decision}").status_code == 403
        assert post(world, {}, f"{here}/{decision}").status_code == 401
    assert post(world, elsewhere, f"accounts/{sent['account_id']}/factor-resets").status_code == 404
    assert waiting(world, elsewhere) == []
    assert world.harness.client.get(f"{BASE}/factor-resets", headers=landlord).status_code == 403


def test_an_agent_of_another_caf_of_the_same_landlord_does_not_decide_what_this_one_asked(world: Any) -> None:
    _, sent = protected(world)
    world.register("35300007090001")
    other = agent(world, "353")
    assert world.harness.client.get(f"{BASE}/accounts/{sent['account_id']}", headers=other).status_code == 200
    here = asked(world, sent, agent(world))
    assert post(world, other, f"{here}/approval").status_code == 404
    assert waiting(world, other) == []
    assert post(world, agent(world, "353", supervisor=True), f"{here}/approval").status_code == 200


def test_a_caf_learns_nothing_of_what_another_has_asked_and_an_agreement_ends_both(world: Any) -> None:
    _, sent = protected(world)
    world.register("35300007090001", caf_code="353")
    mine, other = agent(world), agent(world, "353")
    here = asked(world, sent, mine)
    asked(world, sent, other)
    assert post(world, mine, f"accounts/{sent['account_id']}/factor-resets").status_code == 409
    assert (len(waiting(world, mine)), len(waiting(world, other))) == (1, 1)
    assert post(world, agent(world), f"{here}/approval").status_code == 200
    assert waiting(world, other) == []
    assert [row["state"] for row in world.harness.rows("factor_reset")] == ["approved", "expired"]


def notices(world: Any) -> list[tuple[str, str]]:
    told = world.harness.published("identity.security_notice.v1")
    return [(event.data["kind"], event.personal["email"]) for event in told if event.data["kind"].startswith("factor")]


@pytest.mark.parametrize(
    ("decision", "kind"), [("approval", "factors_reset"), ("refusal", "factor_reset_refused"), (None, None)]
)
def test_the_holder_is_told_that_it_was_asked_and_what_was_decided(
    world: Any, decision: str | None, kind: str | None
) -> None:
    _, sent = protected(world)
    first = agent(world)
    here = asked(world, sent, first)
    assert post(world, first, here.rpartition("/")[0]).status_code == 409
    if decision:
        assert post(world, agent(world), f"{here}/{decision}").status_code == 200
    holder = world.person["email"]
    assert notices(world) == [("factor_reset_asked", holder), *([(kind, holder)] if kind else [])]


def test_nothing_is_asked_twice_or_of_an_account_that_has_no_second_factor(world: Any) -> None:
    _, sent = world.activated()
    headers, here = agent(world), f"accounts/{sent['account_id']}/factor-resets"
    assert post(world, headers, here).status_code == 409
    factor = {"secret_sealed": "x", "last_counter": 0, "created_at": clock.now()}
    with world.harness.transaction() as session:
        session.add(TotpFactor(account_id=UUID(sent["account_id"]), **factor))
    assert [post(world, headers, here).status_code for _ in range(2)] == [201, 409]


def test_a_second_agent_s_agreement_takes_the_factor_away_ends_the_sessions_and_tells_the_holder(world: Any) -> None:
    browser, sent = protected(world)
    here = asked(world, sent, agent(world))
    second = agent(world)
    answer = post(world, second, f"{here}/approval")
    assert (answer.status_code, answer.json()["state"], waiting(world, second)) == (200, "approved", [])
    assert world.harness.rows("totp_factor") == []
    assert browser.get("/compte/securite") == "/compte/connexion"
    assert world.harness.published("identity.security_notice.v1")[-1].data["kind"] == "factors_reset"
    assert kinds(world) == ["factor_reset.asked", "factor_reset.approved"]
    assert post(world, second, f"{here}/refusal").status_code == 409


def test_a_refusal_changes_nothing_and_another_request_may_follow(world: Any) -> None:
    _, sent = protected(world)
    first = agent(world)
    here = asked(world, sent, first)
    assert post(world, agent(world), f"{here}/refusal").json()["state"] == "refused"
    assert len(world.harness.rows("totp_factor")) == 1
    assert asked(world, sent, first) != here


def test_a_request_nobody_decides_in_time_expires(world: Any) -> None:
    _, sent = protected(world)
    first, second = agent(world), agent(world)
    here = asked(world, sent, first)
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        late = world.harness.headers(sub=UUID(world.harness.rows("account")[-1]["id"].hex), kind="agent", caf="359")
        assert post(world, late, f"{here}/approval").status_code == 409
        world.harness.run_job("expire factor resets")
        world.harness.run_job("expire factor resets")
    assert waiting(world, second) == []
    assert kinds(world) == ["factor_reset.asked", "factor_reset.expired"]
    assert len(world.harness.rows("totp_factor")) == 1


def test_of_two_agents_who_decide_together_one_does(world: Any) -> None:
    _, sent = protected(world)
    here = asked(world, sent, agent(world))
    acts = [(agent(world), "approval"), (agent(world), "approval"), (agent(world), "refusal")]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda act: post(world, act[0], f"{here}/{act[1]}"), acts))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(kinds(world)) == 2
    approved = world.harness.rows("factor_reset")[0]["state"] == "approved"
    assert (world.harness.rows("totp_factor") == []) is approved


@pytest.mark.parametrize("state", list(ResetState))
@pytest.mark.parametrize("decision", list(Decision))
def test_only_a_request_that_waits_can_be_decided(state: ResetState, decision: Decision) -> None:
    assert ((state, decision) in RESET_TRANSITIONS) is (state is ResetState.REQUESTED)
    assert list(sources(decision)) == [ResetState.REQUESTED]
