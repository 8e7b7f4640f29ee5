from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from chassis.problems import FieldError, Invalid
from habilitation import domain
from habilitation.domain import Scope


def test_a_perimeter_is_the_union_of_the_groups_without_repetition() -> None:
    groups = [[Scope("private", "35"), Scope("private", "56")], [Scope("private", "35"), Scope("conventioned", "35")]]
    assert domain.union(groups) == [Scope("conventioned", "35"), Scope("private", "35"), Scope("private", "56")]


HERE = {"35", "2A", "971"}


@pytest.mark.parametrize("zone", ["35", "2A", "971", "35238", "2A004", "97105", "FR"])
def test_departements_with_dwellings_their_communes_and_the_country_are_zones(zone: str) -> None:
    assert domain.checked_scopes([Scope("private", zone)], HERE) == [Scope("private", zone)]


@pytest.mark.parametrize("zone", ["", "3", "2C", "3523", "352380", "fr", "35\n", "44", "44109", "35999", "97", "2B033"])
def test_anything_else_is_refused_with_its_place_and_an_example(zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.checked_scopes([Scope("private", "35"), Scope("private", zone)], HERE)
    assert refused.value.errors == (
        FieldError(
            pointer="/scopes/1/zone",
            code="zone",
            detail="Votre organisme n’a pas de logement dans cette zone, ou elle n’existe pas.",
            rule="un de vos départements (2A, 35, 971), une de leurs communes, ou FR pour le pays entier",
            example="2A",
        ),
    )


def test_every_wrong_zone_is_told_at_once_and_without_any_dwelling_the_example_is_the_country() -> None:
    with pytest.raises(Invalid) as refused:
        domain.checked_scopes([Scope("private", "35"), Scope("private", "44")], set())
    assert [(error.pointer, error.example) for error in refused.value.errors] == [
        ("/scopes/0/zone", "FR"),
        ("/scopes/1/zone", "FR"),
    ]


def test_scopes_that_are_accepted_come_sorted_and_once() -> None:
    given = [Scope("private", "35"), Scope("conventioned", "35"), Scope("private", "35")]
    assert domain.checked_scopes(given, HERE) == [Scope("conventioned", "35"), Scope("private", "35")]


def test_a_scope_names_its_two_parts_where_it_is_sent_or_kept() -> None:
    assert Scope("private", "35").to_json() == {"housing_type": "private", "zone": "35"}


@pytest.mark.parametrize(
    ("administrator", "delegate", "role"),
    [
        (True, True, "administrator"),
        (True, False, "administrator"),
        (False, True, "delegate"),
        (False, False, "user"),
    ],
)
def test_an_administrator_stays_one_whatever_was_delegated(administrator: bool, delegate: bool, role: str) -> None:
    assert domain.role_of(administrator=administrator, delegate=delegate) == role


ONE_GROUP = [UUID(int=1)]


@pytest.mark.parametrize(("all_groups", "groups"), [(True, []), (False, ONE_GROUP)])
def test_a_delegation_is_for_all_groups_or_for_some(all_groups: bool, groups: list[UUID]) -> None:
    domain.check_delegation(all_groups, groups)


@pytest.mark.parametrize(("all_groups", "groups"), [(False, []), (True, ONE_GROUP)])
def test_a_delegation_for_no_group_or_for_all_and_some_is_refused(all_groups: bool, groups: list[UUID]) -> None:
    with pytest.raises(Invalid) as refused:
        domain.check_delegation(all_groups, groups)
    assert refused.value.errors == (FieldError(pointer="/groups", code="groups", detail=domain.DELEGATION_WANTED),)


def test_names_that_differ_by_capitals_and_spaces_are_the_same() -> None:
    assert domain.label_key("  Agence  de\u00a0RENNES ") == domain.label_key("agence de Rennes") == "agence de rennes"


@pytest.mark.parametrize(
    ("taken", "label"),
    [
        (set(), "Agence"),
        ({"agence"}, "Agence (2)"),
        ({"agence", "agence (2)"}, "Agence (3)"),
        ({"agence", "agence (3)"}, "Agence (2)"),
    ],
)
def test_a_group_whose_name_is_taken_gets_the_first_free_number(taken: set[str], label: str) -> None:
    assert domain.free_label("Agence", taken) == label


def test_a_numbered_name_is_as_long_as_a_name_may_be() -> None:
    longest = "x" * domain.LABEL_LENGTH
    assert domain.free_label(longest, {longest}) == "x" * (domain.LABEL_LENGTH - 4) + " (2)"


def test_a_name_that_is_taken_is_refused_with_the_rule_and_an_example() -> None:
    assert domain.label_taken().errors == (
        FieldError(
            pointer="/label",
            code="taken",
            detail="Un groupe de votre organisme porte déjà ce nom.",
            rule="un nom par groupe, sans compter majuscules et espaces",
            example="Agence de Rennes – logements privés",
        ),
    )


NOW = datetime(2027, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours_ago", "wait"),
    [
        ([], timedelta(0)),
        ([1, 2], timedelta(0)),
        ([1, 2, 3], timedelta(hours=21)),
        ([1, 2, 23, 23.5], timedelta(hours=1)),
    ],
)
def test_credentials_are_issued_again_three_times_in_a_day_at_most(hours_ago: list[float], wait: timedelta) -> None:
    latest = [NOW - timedelta(hours=hours) for hours in hours_ago]
    assert domain.wait_before_reissue(latest, NOW) == wait


def test_a_group_from_the_start_is_named_after_its_type_and_its_departement() -> None:
    assert domain.automatic_label(Scope("conventioned", "2A")) == "Logements conventionnés – département 2A"
