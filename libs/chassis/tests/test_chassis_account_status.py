"""How accounts stand, kept by a service and asked at its entrance."""

from typing import Any
from uuid import UUID

import pytest
from chassis import account_status, ids, rights
from chassis.db import service_metadata
from chassis.problems import AccountClosed, Problem, RightsMissing
from chassis.runtime import Service, Subscription
from chassis.testing import contracts
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory

METADATA = account_status.with_account_status(rights.with_rights(service_metadata()))
WITHOUT_RIGHTS = account_status.with_account_status(service_metadata())
ACCESS = "habilitation.access_changed.v1"
PERSON, OTHER = ids.new_id(), ids.new_id()


@pytest.fixture
def toy(harness: HarnessFactory, database_url: str) -> Harness:
    subscriptions = (*account_status.SUBSCRIPTIONS, Subscription(ACCESS, rights.access_changed))
    made = harness(Service(name="toybox", metadata=METADATA, subscriptions=subscriptions), database_url)
    with made.runtime.engine.begin() as connection:
        METADATA.create_all(connection)
    return made


def tell(toy: Harness, fact: str, version: int, account_id: UUID = PERSON, **changes: Any) -> None:
    told = contracts.example(f"identity.account_{fact}.v1")
    data = {"account_id": str(account_id), "kind": "agent", "caf_code": "359", "supervisor": False, "version": version}
    toy.deliver(f"identity.account_{fact}.v1", {**told["data"], **data, **changes}, told["personal"])


def give(toy: Harness, version: int, *zones: str, active: bool = True) -> None:
    scopes = [{"housing_type": "private", "zone": zone} for zone in zones]
    person = {"account_id": str(PERSON), "organisation_id": str(OTHER), "role": "user"}
    toy.deliver(ACCESS, {**person, "scopes": scopes, "active": active, "version": version})


def admitted(toy: Harness, account_id: UUID = PERSON, **claims: Any) -> dict[str, Any] | type[Problem]:
    """The claims as the service goes by them, or why the caller stays out."""
    given = {"sub": str(account_id), "kind": "agent", "caf": "359", "scope": "openid", **claims}
    try:
        account_status.admit(toy.runtime, given)
    except Problem as refused:
        return type(refused)
    return given


def test_whom_nothing_was_told_of_enters_as_the_token_says(toy: Harness) -> None:
    assert admitted(toy) == {"sub": str(PERSON), "kind": "agent", "caf": "359", "scope": "openid"}


@pytest.mark.parametrize("fact", ["suspended", "closed"])
def test_a_token_that_was_let_in_before_is_refused_from_the_event_on(toy: Harness, fact: str) -> None:
    known, other = (toy.headers(sub=sub, kind="agent", caf="359") for sub in (PERSON, OTHER))

    def statuses() -> list[int]:
        return [toy.client.get("/api/toybox/v1/for-agents", headers=headers).status_code for headers in (known, other)]

    assert [statuses(), statuses()] == [[200, 200]] * 2
    tell(toy, fact, 2)
    assert statuses() == [403, 200]


@pytest.mark.parametrize("fact", ["suspended", "closed"])
def test_one_who_is_shut_out_stays_out_and_no_other(toy: Harness, fact: str) -> None:
    tell(toy, fact, 2)
    assert admitted(toy) is AccountClosed
    assert admitted(toy, OTHER) is not AccountClosed


def test_the_newest_word_holds_in_whatever_order_words_come(toy: Harness) -> None:
    tell(toy, "suspended", 3)
    tell(toy, "restored", 2)
    assert admitted(toy) is AccountClosed
    tell(toy, "restored", 4)
    tell(toy, "suspended", 3)
    tell(toy, "suspended", 4)
    assert admitted(toy) is not AccountClosed


def test_an_agent_acts_for_the_caf_told_last(toy: Harness) -> None:
    tell(toy, "moved", 3, caf_code="569", supervisor=True)
    tell(toy, "moved", 2, caf_code="220")
    assert admitted(toy) == {
        "sub": str(PERSON),
        "kind": "agent",
        "caf": "569",
        "supervisor": True,
        "scope": "openid",
    }


def test_what_an_earlier_version_told_takes_no_caf_and_no_rank_away(toy: Harness) -> None:
    told = contracts.example("identity.account_restored.v1")["data"]
    told |= {"account_id": str(PERSON), "kind": "agent", "caf_code": None, "version": 2}
    toy.deliver("identity.account_restored.v1", {name: told[name] for name in told if name != "supervisor"})
    found = admitted(toy, supervisor=True)
    assert isinstance(found, dict)
    assert (found["caf"], found["supervisor"]) == ("359", True)


def test_a_landlord_s_claims_stay_as_they_are(toy: Harness) -> None:
    tell(toy, "restored", 2, kind="landlord", caf_code="569")
    assert admitted(toy, kind="landlord", caf="359", org=str(OTHER)) == {
        "sub": str(PERSON),
        "kind": "landlord",
        "caf": "359",
        "org": str(OTHER),
        "scope": "openid",
    }


def test_who_was_withdrawn_stays_out_and_who_has_rights_enters(toy: Harness) -> None:
    give(toy, 1, "35")
    assert isinstance(admitted(toy, kind="landlord"), dict)
    give(toy, 2, active=False)
    assert admitted(toy, kind="landlord") is AccountClosed


def test_a_program_without_rights_is_told_so_and_a_person_is_not(toy: Harness) -> None:
    program: dict[str, Any] = {"kind": "landlord", "scope": "declarations:read"}
    assert admitted(toy, **program) is RightsMissing
    assert isinstance(admitted(toy, kind="landlord"), dict)
    give(toy, 1)
    assert admitted(toy, **program) is RightsMissing
    give(toy, 2, "35")
    assert isinstance(admitted(toy, **program), dict)


def test_a_service_that_keeps_no_rights_asks_for_the_status_alone(harness: HarnessFactory, sqlite_url: str) -> None:
    toy = harness(
        Service(name="toybox", metadata=WITHOUT_RIGHTS, subscriptions=account_status.SUBSCRIPTIONS), sqlite_url
    )
    with toy.runtime.engine.begin() as connection:
        WITHOUT_RIGHTS.create_all(connection)
    assert isinstance(admitted(toy, kind="landlord", scope="declarations:read"), dict)
    tell(toy, "suspended", 2)
    assert admitted(toy) is AccountClosed
