"""How long a refresh token lives, and what the journal keeps of what was refused."""

from datetime import timedelta
from typing import Any

import time_machine
from chassis import clock
from oidc_client import PORTAL, authorize, code_of, redeem, refresh, tokens


def kinds(world: Any) -> list[tuple[str, str]]:
    wanted = ("code.replayed", "token.replayed", "token.refused", "request.refused")
    events = [row for row in world.harness.rows("security_event") if row["kind"] in wanted]
    return [(row["kind"], row["details"].get("error", "")) for row in events]


def test_a_refresh_token_in_constant_use_ends_with_its_session(local: Any) -> None:
    browser, _ = local.activated()
    given, start = tokens(local, browser)["refresh_token"], clock.now()
    for turn in range(1, 15):
        with time_machine.travel(start + timedelta(minutes=50 * turn)):
            given = refresh(local, given).json["refresh_token"]
    with time_machine.travel(start + timedelta(hours=12, minutes=1)):
        assert refresh(local, given).json["error"] == "invalid_grant"


def test_a_refresh_token_nobody_uses_for_an_hour_is_over(local: Any) -> None:
    browser, _ = local.activated()
    given, start = tokens(local, browser)["refresh_token"], clock.now()
    with time_machine.travel(start + timedelta(minutes=59)):
        given = refresh(local, given).json["refresh_token"]
    with time_machine.travel(start + timedelta(minutes=59 + 61)):
        assert refresh(local, given).json["error"] == "invalid_grant"


def test_replays_are_journaled_for_the_holder(world: Any) -> None:
    browser, sent = world.activated()
    code = code_of(browser)
    given = redeem(world, code).json["refresh_token"]
    redeem(world, code)
    again = tokens(world, browser)["refresh_token"]
    refresh(world, again)
    with time_machine.travel(clock.now() + timedelta(seconds=11)):
        refresh(world, again)
    events = [row for row in world.harness.rows("security_event") if row["kind"].endswith(".replayed")]
    assert [row["kind"] for row in events] == ["code.replayed", "token.replayed"]
    assert {str(row["account_id"]) for row in events} == {sent["account_id"]}
    assert refresh(world, given).json["error"] == "invalid_grant"


def test_what_a_program_is_refused_is_journaled_without_what_it_sent(local: Any) -> None:
    browser, _ = local.activated()
    redeem(local, code_of(browser), code_verifier="w" * 64)
    authorize(browser, redirect_uri="https://attacker.example/")
    authorize(browser, code_challenge_method="plain")
    authorize(browser, client_id="attacker")
    local.app.test_client().post("/oidc/revoke", data={"token": "x"})
    assert kinds(local) == [
        ("token.refused", "invalid_grant"),
        ("request.refused", "invalid_request"),
        ("request.refused", "invalid_request"),
        ("request.refused", "invalid_client"),
        ("request.refused", "invalid_client"),
    ]
    rows = [row for row in local.harness.rows("security_event") if row["kind"] == "request.refused"]
    assert [row["details"]["client"] for row in rows] == ["portal", "portal", "", ""]
    assert "attacker" not in str(rows)


def test_an_ordinary_answer_is_no_refusal(local: Any) -> None:
    authorize(local.browser(), prompt="none")
    assert kinds(local) == []


def test_nobody_fills_the_journal_with_refusals(local: Any) -> None:
    for _ in range(30):
        local.app.test_client().post("/oidc/token", data={"grant_type": "magic"}, headers=PORTAL)
    assert 10 <= len(kinds(local)) <= 12
