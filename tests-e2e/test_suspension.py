"""An agent suspends an account: what its holder still holds in hand opens nothing any more, within two seconds."""

import time
from collections.abc import Callable

import pytest
from launcher.demo.journey.context import Journey
from launcher.demo.web.api import DECLARATION, DOCUMENTS, HABILITATION, IDENTITY, Api
from support.ready import signed_in

pytestmark = pytest.mark.timeout(400)
WITHIN_SECONDS = 2.0
WHY = {"reason": "Essai de bout en bout : le bailleur ne reconnaît pas cette connexion."}


def refused(api: Api, path: str) -> bool:
    """403 says that it is for the account, whatever is asked."""
    return api.request("GET", path).status_code == 403


def seconds_until(done: Callable[[], bool]) -> float:
    """How long it took, given up after ten times what is allowed."""
    start = time.monotonic()
    while not done() and time.monotonic() - start < 10 * WITHIN_SECONDS:
        time.sleep(0.02)
    return time.monotonic() - start


def test_a_suspended_person_sees_nothing_with_the_token_they_still_hold(new_campaign: Callable[..., Journey]) -> None:
    journey = new_campaign(tenancies=5)
    person = signed_in(journey, journey.people[0])
    account = f"{IDENTITY}/accounts/{person.api.get(f'{IDENTITY}/me')['account_id']}"
    one = person.api.get(f"{DECLARATION}/declarations", limit=1)["items"][0]["id"]
    everywhere = (
        f"{DECLARATION}/declarations",
        f"{DECLARATION}/declarations/{one}",
        f"{DECLARATION}/declaration-imports",
        f"{DECLARATION}/transmissions",
        f"{HABILITATION}/me/access",
        f"{DOCUMENTS}/documents?declaration={one}",
    )
    assert not any(refused(person.api, path) for path in everywhere)
    journey.agent_api.create(f"{account}/suspension", WHY, status=200)
    assert seconds_until(lambda: all(refused(person.api, path) for path in everywhere)) <= WITHIN_SECONDS
    journey.agent_api.create(f"{account}/restoration", WHY, status=200)
    assert seconds_until(lambda: not any(refused(person.api, path) for path in everywhere)) <= WITHIN_SECONDS
