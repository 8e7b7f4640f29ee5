import pytest
from chassis.problems import Invalid
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
    assert [error.pointer for error in refused.value.errors] == ["/scopes/1/zone"]
    assert refused.value.errors[0].example == "2A"


def test_a_group_from_the_start_is_named_after_its_type_and_its_departement() -> None:
    assert domain.automatic_label(Scope("conventioned", "2A")) == "Logements conventionnés – département 2A"
