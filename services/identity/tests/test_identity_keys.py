"""Keys rotated by an operator: with an overlap, or at once when one leaked."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock
from chassis.auth import KeySource, verify
from chassis.keys import unb64
from chassis.problems import Unauthorized
from identity.oidc import signing_keys
from oidc_client import refresh, tokens


def signer_of(token: str) -> str:
    kid: str = json.loads(unb64(token.split(".")[0]))["kid"]
    return kid


def published(world: Any) -> list[str]:
    return [str(key["kid"]) for key in signing_keys.public_jwks(world.harness.runtime)["keys"]]


def service_of(world: Any) -> KeySource:
    source = KeySource(lambda: signing_keys.public_jwks(world.harness.runtime))
    source.refresh()
    return source


def test_a_rotation_breaks_no_token_and_the_new_key_is_known_before_it_signs(world: Any) -> None:
    browser, _ = world.activated()
    given = tokens(world, browser)
    old = signer_of(given["access_token"])
    signing_keys.rotate_now(world.harness.runtime, at_once=False)
    assert len(published(world)) == 2
    again = refresh(world, given["refresh_token"]).json
    assert signer_of(again["access_token"]) == old
    before_it_signed = service_of(world)
    with time_machine.travel(clock.now() + signing_keys.CACHED + timedelta(seconds=1)):
        later = refresh(world, again["refresh_token"]).json
        assert signer_of(later["access_token"]) == (set(published(world)) - {old}).pop()
        settings = world.harness.runtime.settings
        assert verify(later["access_token"], before_it_signed, settings)
    with time_machine.travel(clock.now() + timedelta(hours=23)):
        assert old in published(world)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert old not in published(world)


def test_a_key_that_leaked_signs_no_more_and_what_it_signed_is_refused(world: Any) -> None:
    browser, _ = world.activated()
    given = tokens(world, browser)
    signing_keys.rotate_now(world.harness.runtime, at_once=True)
    assert published(world) != [signer_of(given["access_token"])]
    assert len(published(world)) == 1
    services = service_of(world)
    with pytest.raises(Unauthorized):
        verify(given["access_token"], services, world.harness.runtime.settings)
    later = refresh(world, given["refresh_token"]).json["access_token"]
    assert verify(later, services, world.harness.runtime.settings)


def test_rotating_twice_leaves_one_key_that_signs_and_one_that_waits(local: Any) -> None:
    signing_keys.rotate(local.harness.runtime)
    for _ in range(2):
        signing_keys.rotate_now(local.harness.runtime, at_once=False)
    assert len(published(local)) == 2
    assert [key.signs_from > clock.now() for key in signing_keys.published_keys(local.harness.runtime)] == [False, True]


def test_a_rotation_leaves_a_line_in_the_journal_and_private_keys_stay_sealed(local: Any) -> None:
    signing_keys.rotate_now(local.harness.runtime, at_once=False)
    [line] = [line for line in local.harness.rows("security_event") if line["kind"] == "keys.rotated"]
    assert line["actor"] == "command line"
    for row in local.harness.rows("signing_key"):
        assert row["private_sealed"].startswith("eyJ")
        assert "d" not in row["public_jwk"]
