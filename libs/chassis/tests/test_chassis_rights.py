"""The copy of people's rights that every query joins."""

from typing import Any
from uuid import UUID

import pytest
from chassis import ids, rights
from chassis.db import service_metadata
from chassis.french import zones
from chassis.runtime import Service, Subscription
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, String, Table, Uuid, select

METADATA = rights.with_rights(service_metadata())
FLAT = Table(
    "flat",
    METADATA,
    Column("name", String(20), primary_key=True),
    Column("organisation_id", Uuid),
    Column("housing_type", String(20)),
    Column("departement", String(3)),
    Column("commune", String(5)),
)
EVENT = "habilitation.access_changed.v1"
ORGANISATION, OTHER, PERSON = ids.organisation_id(siret="1"), ids.organisation_id(siret="2"), ids.new_id()
FLATS = {
    "rennes": (ORGANISATION, "private", "35", "35238"),
    "rennes social": (ORGANISATION, "conventioned", "35", "35238"),
    "vannes": (ORGANISATION, "private", "56", "56260"),
    "paris 18": (ORGANISATION, "private", "75", "75118"),
    "neighbour": (OTHER, "private", "35", "35238"),
}


@pytest.fixture
def toy(harness: HarnessFactory, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Harness:
    service = Service(name="toybox", metadata=METADATA, subscriptions=(Subscription(EVENT, rights.access_changed),))
    made = harness(service, database_url)
    with made.runtime.engine.begin() as connection:
        METADATA.create_all(connection)
    with made.transaction() as session:
        names = ("organisation_id", "housing_type", "departement", "commune")
        rows = [{"name": name, **dict(zip(names, values, strict=True))} for name, values in FLATS.items()]
        session.execute(FLAT.insert(), rows)
    return made


def tell(toy: Harness, version: int, *scopes: tuple[str, str], active: bool = True, org: UUID = ORGANISATION) -> None:
    data: dict[str, Any] = {
        "account_id": str(PERSON),
        "organisation_id": str(org),
        "role": "user",
        "scopes": [{"housing_type": kind, "zone": zone} for kind, zone in scopes],
        "active": active,
        "version": version,
    }
    toy.deliver(EVENT, data)


def seen(toy: Harness, person: UUID = PERSON) -> set[str]:
    held = rights.held_by(
        person,
        METADATA,
        organisation_id=FLAT.c.organisation_id.expression,
        housing_type=FLAT.c.housing_type.expression,
        zones=(FLAT.c.departement.expression, FLAT.c.commune.expression),
    )
    with toy.runtime.read_only() as session:
        return set(session.execute(select(FLAT.c.name).where(held)).scalars())


def test_who_was_told_nothing_of_sees_nothing(toy: Harness) -> None:
    assert seen(toy) == set()


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ([("private", "35")], {"rennes"}),
        ([("conventioned", "35")], {"rennes social"}),
        ([("private", "35238")], {"rennes"}),
        ([("private", "35001")], set()),
        ([("private", "75056")], {"paris 18"}),
        ([("private", "FR")], {"rennes", "vannes", "paris 18"}),
        ([("private", "35"), ("private", "56")], {"rennes", "vannes"}),
        ([], set()),
    ],
)
def test_one_sees_the_dwellings_of_ones_types_and_zones_in_ones_organisation(
    toy: Harness, scopes: list[tuple[str, str]], expected: set[str]
) -> None:
    tell(toy, 1, *scopes)
    assert seen(toy) == expected
    assert seen(toy, ids.new_id()) == set()


def test_a_right_withdrawn_is_gone_with_the_event(toy: Harness) -> None:
    tell(toy, 1, ("private", "35"), ("private", "56"))
    tell(toy, 2, ("private", "56"))
    assert seen(toy) == {"vannes"}


def test_an_older_word_that_comes_late_gives_nothing_back(toy: Harness) -> None:
    tell(toy, 2, ("private", "56"))
    tell(toy, 1, ("private", "35"), ("private", "56"))
    assert seen(toy) == {"vannes"}


def test_an_account_that_is_no_longer_active_sees_nothing(toy: Harness) -> None:
    tell(toy, 1, ("private", "FR"))
    tell(toy, 2, ("private", "FR"), active=False)
    assert seen(toy) == set()


def test_changing_organisation_leaves_the_old_one(toy: Harness) -> None:
    tell(toy, 1, ("private", "FR"))
    tell(toy, 2, ("private", "FR"), org=OTHER)
    assert seen(toy) == {"neighbour"}


def test_only_paris_lyon_and_marseille_stand_for_more_than_themselves() -> None:
    assert zones.covered("35238") == ("35238",)
    assert zones.covered("FR") == ("FR",)
    assert len(zones.covered("75056")) == 21
    assert len(zones.covered("69123")) == 10
    assert len(zones.covered("13055")) == 17


ZONES = ["35", "35238", "56", "75056", "75118", zones.WHOLE_COUNTRY]
# Paris is one commune for people and twenty for a dwelling's address (CGCT art. L. 2512-1 and following).
WITHIN = {"35": {"35", "35238"}, "75056": {"75118"}, zones.WHOLE_COUNTRY: {"35238", "56260", "75118"}}
WORDS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.booleans(),
        st.sampled_from([ORGANISATION, OTHER]),
        st.lists(st.tuples(st.sampled_from(["private", "conventioned"]), st.sampled_from(ZONES)), max_size=4),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda word: word[0],
)


def shown(flat: tuple[UUID, str, str, str], word: tuple[int, bool, UUID, list[tuple[str, str]]]) -> bool:
    """The same rule said another way: by the last word alone, dwelling by dwelling."""
    organisation, housing_type, departement, commune = flat
    _version, active, org, scopes = word
    zones_held = {zone for kind, zone in scopes if kind == housing_type}
    held = any(zone in (departement, commune) or commune in WITHIN.get(zone, ()) for zone in zones_held)
    return active and organisation == org and held


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
def test_in_whatever_order_words_come_the_last_one_given_holds(toy: Harness, words: list[Any]) -> None:
    access, scopes = METADATA.tables["access"], METADATA.tables["access_scope"]
    with toy.transaction() as session:
        session.execute(scopes.delete())
        session.execute(access.delete())
    for version, active, org, held in words:
        tell(toy, version, *held, active=active, org=org)
    last = max(words)
    assert seen(toy) == {name for name, flat in FLATS.items() if shown(flat, last)}
