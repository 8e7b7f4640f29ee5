"""Many people at once: each is answered as themselves, and sees what is theirs."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from launcher.demo.journey.context import Journey
from launcher.demo.web.api import DECLARATION, HABILITATION, IDENTITY, Api
from support import crowd
from support.ready import signed_in

pytestmark = pytest.mark.timeout(400)
TOGETHER = 12
ROUNDS = 20


def who(api: Api) -> tuple[object, ...]:
    """What three services say of the caller."""
    me = api.get(f"{IDENTITY}/me")
    if me["kind"] == "agent":
        return me["account_id"], len(api.get(f"{DECLARATION}/campaigns")["items"])
    access = api.get(f"{HABILITATION}/me/access")
    return me["account_id"], access["account_id"], api.get(f"{DECLARATION}/declarations", limit=1)["total"]


def test_nobody_is_ever_answered_as_somebody_else(new_campaign: Callable[..., Journey]) -> None:
    journey = new_campaign(tenancies=5)
    people = [signed_in(journey, person).api for person in journey.people] + [journey.agent_api]
    alone = [who(api) for api in people]
    assert len({answer[0] for answer in alone}) == len(people)
    asked = list(itertools.islice(itertools.cycle(range(len(people))), TOGETHER * ROUNDS))
    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(lambda rank: who(people[rank]), asked))
    assert answers == [alone[rank] for rank in asked]


def test_people_of_one_organisation_declare_at_once(new_campaign: Callable[..., Journey]) -> None:
    journey = new_campaign(tenancies=40)
    agency = signed_in(journey, journey.people[0])
    accepted = crowd.declare_all(journey, agency, people=8, every_so_often=lambda: None)
    assert len(accepted) == len(set(accepted)) == journey.registry.due_from(agency.landlord)
    counts = agency.api.get(f"{DECLARATION}/declarations", campaign=journey.year)["counts"]
    assert counts.get("transmitted") == len(accepted)
    assert "to_declare" not in counts
