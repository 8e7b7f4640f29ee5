"""Codes and refresh tokens redeemed by many at once: one success, one chain, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from oidc_client import code_of, redeem, refresh, tokens


def test_of_four_simultaneous_redemptions_of_a_code_one_succeeds(world: Any) -> None:
    browser, _ = world.activated()
    for _ in range(3):
        code = code_of(browser)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda one: redeem(world, one), [code] * 4))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


def test_fifty_parallel_refreshes_of_one_token_make_one_family_without_a_fork(world: Any) -> None:
    browser, _ = world.activated()
    given = tokens(world, browser)["refresh_token"]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: refresh(world, given), range(50)))
    served = [answer.json["refresh_token"] for answer in answers if answer.status_code == 200]
    assert served
    assert {answer.json["error"] for answer in answers if answer.status_code != 200} <= {"invalid_grant"}
    assert len(set(served)) == 1
    assert len(world.harness.rows("token_family")) == 1
    live = [row for row in world.harness.rows("refresh_token") if row["used_at"] is None]
    assert len(live) <= 1
