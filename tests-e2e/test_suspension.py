"""An account is suspended: what its holder still holds in hand opens nothing any more, in any service, within two
seconds; a landlord's and an agent's alike."""

import time
from collections.abc import Callable

import pytest
from launcher.demo.journey.context import Journey
from launcher.demo.journey.first_sign_in import sign_in_first
from launcher.demo.web.api import DECLARATION, DOCUMENTS, HABILITATION, IDENTITY, NOTIFICATION, Api
from support.product import Product
from support.ready import signed_in

pytestmark = pytest.mark.timeout(400)
WITHIN_SECONDS = 2.0
NOBODY = "01973f50-0000-7000-8000-00000000000c"
# An operation of each service that agents may ask for.
OF_AGENTS = {
    "identity": f"{IDENTITY}/factor-resets",
    "habilitation": f"{HABILITATION}/organisations/{NOBODY}",
    "declaration": f"{DECLARATION}/campaigns",
    "notification": f"{NOTIFICATION}/messages",
    "documents": f"{DOCUMENTS}/documents?declaration={NOBODY}",
}
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


def seconds_until_refused(api: Api, paths: dict[str, str]) -> dict[str, float]:
    """Of each, all asked in turn; given up as `seconds_until` does."""
    start, took = time.monotonic(), dict[str, float]()

    def all_refused() -> bool:
        for name, path in paths.items():
            if name not in took and refused(api, path):
                took[name] = time.monotonic() - start
        return len(took) == len(paths)

    seconds_until(all_refused)
    return {name: took.get(name, float("inf")) for name in paths}


def test_of_two_agents_the_suspended_one_sees_nothing_with_the_token_they_still_hold(
    new_campaign: Callable[..., Journey], product: Product
) -> None:
    journey = new_campaign(tenancies=5)
    caf, kept = journey.agent.caf_code, journey.agent_api

    def enters(name: str, *, supervisor: bool) -> Api:
        person = {"civility": "Mme", "last_name": name, "first_name": "Anne", "email": f"{name}{caf}@caf.example"}
        made = product.new_agent(caf, supervisor=supervisor)
        return sign_in_first(journey.site, made, person, "girafe violon pamplemousse comète")

    gone, supervisor = enters("PARTI", supervisor=False), enters("NATIONALE", supervisor=True)
    account = f"{IDENTITY}/accounts/{gone.get(f'{IDENTITY}/me')['account_id']}"
    assert not any(refused(api, path) for api in (gone, kept) for path in OF_AGENTS.values())
    supervisor.create(f"{account}/suspension", WHY, status=200)
    took = seconds_until_refused(gone, OF_AGENTS)
    print("seconds until an agent is refused:", took)
    assert max(took.values()) <= WITHIN_SECONDS, took
    assert not any(refused(kept, path) for path in OF_AGENTS.values())
    supervisor.create(f"{account}/restoration", WHY, status=200)
    assert seconds_until(lambda: not any(refused(gone, path) for path in OF_AGENTS.values())) <= WITHIN_SECONDS
