"""Lines of one file that contradict each other, and files that contradict what is known: reported, and nobody moved."""

from datetime import date, timedelta
from typing import Any

import pytest
from declaration.domain.registry import contradictions
from declaration_cases import LINE, PERSON

OTHER = "44306184100047"
TABLES = ("landlord", "dwelling", "tenancy", "portfolio", "organisation")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.containers)])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]))


def lot(number: int, **changes: str) -> dict[str, str]:
    """Another dwelling and tenant of the same landlord."""
    return {**LINE, "dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


def kept(world: Any) -> dict[str, Any]:
    return {name: world.harness.rows(name) for name in TABLES}


LANDLORD = {
    "siret": OTHER,
    "landlord_name": "SCI AUTRE",
    "email": "",
    "landlord_address": "REGIE DES LICES|35000 RENNES",
}
DWELLING = {
    "housing_type": "conventioned",
    "dwelling_address": "2 RUE B|35400 SAINT MALO",
    "commune_insee": "35288",
    "furnished": "1",
    "single_room": "1",
}
LEASE = {
    "tenant_last_name": "AUTRE",
    "lease_end": "2020-06-30",
    "co_tenants": "2",
    "previous_rent": "",
    "benefit_kind": "APL",
}


@pytest.mark.parametrize(
    ("first", "later", "column"),
    [
        *[({}, lot(2, **{name: value}), name) for name, value in LANDLORD.items()],
        (
            {},
            {
                **PERSON,
                **lot(2),
                "user_number": LINE["user_number"],
                "landlord_kind": "natural_person",
                "siret": "",
                "civility": "Mme",
                "last_name": "MARTIN",
                "first_name": "Zoé",
            },
            "landlord_kind",
        ),
        *[
            (PERSON, {**PERSON, "dwelling_ref": "L-2", name: value}, name)
            for name, value in {"civility": "M.", "last_name": "LEROY", "first_name": "Zoë"}.items()
        ],
        *[
            ({}, {**lot(2), "dwelling_ref": LINE["dwelling_ref"], name: value}, name)
            for name, value in DWELLING.items()
        ],
        *[({}, {name: value}, name) for name, value in LEASE.items()],
        ({}, {"lease_start": "2024-01-01"}, "lease_start"),
        ({"lease_end": "2020-06-30"}, {"lease_start": "2020-06-29"}, "lease_start"),
    ],
)
def test_of_two_lines_that_contradict_each_other_the_earlier_stands(
    world: Any, first: dict[str, str], later: dict[str, str], column: str
) -> None:
    world.hand_over(first)
    alone = kept(world)
    done, wrong = world.hand_over(first, later, first)
    assert {name for _, name in wrong} >= {column}
    assert {line for line, _ in wrong} == {3}
    assert (done["lines_good"], done["lines_bad"], done["lines_merged"]) == (2, 1, 2)
    assert kept(world) == alone


def test_nothing_of_a_value_is_in_the_report_only_the_line_that_stands(world: Any) -> None:
    done, _ = world.hand_over({}, lot(2), lot(3, email="secret@lices.example"))
    [error] = world.get(f"/registry-imports/{done['id']}/errors", world.agent()).json()["items"]
    assert (error["line"], error["column"]) == (4, "email")
    assert error["message"] == "Cette valeur contredit celle de la ligne 2."
    assert error["rule"] == "la même valeur sur toutes les lignes d’un bailleur"


def test_one_wrong_siret_in_the_last_of_sixty_lines_moves_nobody(world: Any) -> None:
    lines = [lot(number) for number in range(60)]
    world.hand_over(*lines)
    before, told = kept(world), len(world.harness.published())
    lines[-1] = lot(59, siret=OTHER)
    done, wrong = world.hand_over(*lines)
    assert (wrong, done["lines_good"]) == ([(61, "siret")], 59)
    # The whole file, or a single line of it: a known landlord's company is no file's to change.
    done, wrong = world.hand_over(*[{**line, "siret": OTHER} for line in lines[:3]])
    assert ([line for line, _ in wrong], done["lines_good"]) == ([2, 3, 4], 0)
    assert (kept(world), len(world.harness.published())) == (before, told)


def test_a_slip_in_the_first_line_of_a_known_landlord_refuses_that_line_alone(world: Any) -> None:
    world.hand_over({}, lot(2))
    done, wrong = world.hand_over({"siret": OTHER}, lot(2), lot(3))
    assert (wrong, done["lines_good"], done["created"]["tenancies"]) == ([(2, "siret")], 2, 1)


def test_an_old_lease_listed_after_the_current_one_is_another_lease(world: Any) -> None:
    current, old = {"lease_start": "2024-01-01"}, {"lease_start": "2015-01-01", "lease_end": "2020-06-30"}
    for lines in ((current, old), (old, current), (current,), (old,)):
        done, wrong = world.hand_over(*lines)
        assert (wrong, done["updated"]["tenancies"]) == ([], 0)
        leases = [
            (str(row["lease_start"]), row["lease_end"] and str(row["lease_end"])) for row in kept(world)["tenancy"]
        ]
        assert sorted(leases) == [("2015-01-01", "2020-06-30"), ("2024-01-01", None)]
    assert len(kept(world)["dwelling"]) == 1


def test_the_first_day_of_a_lease_is_corrected_where_it_is_the_same_lease(world: Any) -> None:
    world.hand_over({}, lot(2))
    before = {row["tenant_number"]: row["id"] for row in kept(world)["tenancy"]}
    done, wrong = world.hand_over({"lease_start": "2016-10-01", "co_tenants": "2"}, lot(2))
    assert (wrong, done["updated"]["tenancies"], done["created"]["tenancies"]) == ([], 1, 0)
    tenancies = {row["tenant_number"]: row for row in kept(world)["tenancy"]}
    assert {number: row["id"] for number, row in tenancies.items()} == before
    assert (str(tenancies["1234567A"]["lease_start"]), tenancies["1234567A"]["co_tenants"]) == ("2016-10-01", 2)


def test_a_lease_that_gets_its_end_and_a_follower_at_once(world: Any) -> None:
    world.hand_over({})
    # Its first day is corrected too: of the two that overlap what is known, it is the one that begins first.
    lines = {"lease_start": "2024-01-01"}, {"lease_start": "2016-08-15", "lease_end": "2023-12-31"}
    done, wrong = world.hand_over(*lines)
    assert (wrong, done["updated"]["tenancies"], done["created"]["tenancies"]) == ([], 1, 1)
    assert world.hand_over(*lines)[0]["updated"]["tenancies"] == 0
    assert len(kept(world)["tenancy"]) == 2


def test_a_line_that_could_mean_two_known_leases_is_an_error(world: Any) -> None:
    world.hand_over({"lease_start": "2024-01-01"}, {"lease_start": "2015-01-01", "lease_end": "2020-06-30"})
    before = kept(world)
    assert world.hand_over({"lease_start": "2018-01-01"})[1] == [(2, "lease_start")]
    assert kept(world) == before


def test_the_same_line_three_times_is_one_lease_and_no_error(world: Any) -> None:
    done, wrong = world.hand_over(PERSON, PERSON, PERSON)
    assert (wrong, done["lines_good"], done["lines_merged"], done["created"]["tenancies"]) == ([], 3, 3, 1)


def test_sql_and_the_rule_find_the_same_overlaps(world: Any) -> None:
    days = [date(2020, 1, 1) + timedelta(days=step) for step in range(3)]
    spans = [(start, end) for start in days for end in (None, *days) if end is None or end >= start]
    pairs = [(known, asked) for known in spans for asked in spans if known[0] != asked[0]]
    files: list[list[dict[str, str]]] = [[], []]
    for place, pair in enumerate(pairs):
        for lines, (start, end) in zip(files, pair, strict=True):
            lines.append(lot(place, lease_start=start.isoformat(), lease_end=end.isoformat() if end else ""))
    world.hand_over(*files[0])
    done, wrong = world.hand_over(*files[1])
    same = sum(contradictions.overlap(*asked, *known) for known, asked in pairs)
    assert (wrong, done["updated"]["tenancies"], done["created"]["tenancies"]) == ([], same, len(pairs) - same)
    assert 0 < same < len(pairs)
