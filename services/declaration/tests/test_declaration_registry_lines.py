"""The registry file: its columns, its values, and what is said of a bad line."""

from datetime import date
from decimal import Decimal

import pytest
from chassis.french import zones
from declaration.domain import communes
from declaration.domain.registry import lines
from declaration.domain.registry.columns import COLUMNS, MANDATORY_COLUMNS
from declaration_cases import LINE, PERSON
from hypothesis import given
from hypothesis import strategies as st

HEADER = lines.header(";".join(COLUMNS))


def errors_of(row: dict[str, str]) -> list[lines.LineError]:
    return lines.read([row.get(name, "") for name in COLUMNS], HEADER, 7)[1]


def test_the_line_of_the_format_page_is_read_into_typed_values() -> None:
    row, errors = lines.read([LINE.get(name, "") for name in COLUMNS], HEADER, 2)
    assert errors == []
    assert row is not None
    assert row["landlord_address"] == ("REGIE DES LICES", "12 PLACE DES LICES", "35000 RENNES")
    assert (row["lease_start"], row["lease_end"]) == (date(2016, 9, 1), None)
    assert (row["previous_rent"], row["furnished"], row["co_tenants"]) == (Decimal("412.50"), False, 1)


def test_a_natural_person_needs_a_name_and_no_siret() -> None:
    assert errors_of(PERSON) == []
    assert {error.column for error in errors_of({**PERSON, "last_name": "", "civility": ""})} == {
        "last_name",
        "civility",
    }


BAD: list[tuple[str, str]] = [
    ("caf_code", "59"),
    ("caf_code", "3590"),
    ("caf_code", "３５９"),
    ("user_number", "3590000709000"),
    ("user_number", "3590000709000A"),
    ("landlord_kind", "company"),
    ("siret", "73282932000075"),
    ("siret", ""),
    ("siret", "35600000000002"),
    ("landlord_name", ""),
    ("landlord_name", "REGIE\u202eDES LICES"),
    ("landlord_name", "REGIE\u2028DES LICES"),
    ("landlord_address", "12 PLACE\x1cDES LICES|35000 RENNES"),
    ("email", "gestion@lices"),
    ("email", "a b@lices.example"),
    ("landlord_address", "X" * 39),
    ("landlord_address", "|".join("ABCDEFG")),
    ("landlord_address", ""),
    ("housing_type", "social"),
    ("dwelling_ref", ""),
    ("dwelling_address", "RUE\x00"),
    ("commune_insee", "35999"),
    ("commune_insee", "35000"),
    ("commune_insee", "20004"),
    ("furnished", "oui"),
    ("single_room", "2"),
    ("tenant_number", "123456A"),
    ("tenant_number", "12345678"),
    ("tenant_last_name", "X" * 101),
    ("lease_start", "01/09/2016"),
    ("lease_start", "20160901"),
    ("lease_start", "2016-02-30"),
    ("lease_end", "2016-08-31"),
    ("co_tenants", "0"),
    ("co_tenants", "100"),
    ("co_tenants", "1.5"),
    ("co_tenants", "²"),
    ("previous_rent", "1.234,50"),
    ("previous_rent", "-3"),
    ("previous_charges", "gratuit"),
    ("benefit_kind", "RLS"),
    ("benefit_amount", "12,345"),
    ("paid_to_landlord", "non"),
]


@pytest.mark.parametrize(("column", "value"), BAD)
def test_a_bad_value_is_told_by_line_column_rule_and_example_without_the_value(column: str, value: str) -> None:
    (error,) = errors_of({**LINE, column: value})
    assert (error.line, error.column) == (7, column)
    assert error.rule == COLUMNS[column].rule
    assert error.example == COLUMNS[column].example
    assert error.message
    assert len(value) < 5 or value not in error.message


GOOD: list[tuple[str, str]] = [
    ("user_number", "359 00007090001"),
    ("siret", "732 829 320 00074"),
    ("siret", "35600000009075"),
    ("siret", "35600000000048"),
    ("email", ""),
    ("commune_insee", "2A004"),
    ("commune_insee", "2a004"),
    ("commune_insee", "97105"),
    ("commune_insee", "13201"),
    ("commune_insee", "75101"),
    ("tenant_number", "1234567a"),
    ("lease_end", "2016-09-01"),
    ("previous_rent", ""),
    ("previous_rent", "1234,5"),
    ("paid_to_landlord", ""),
]


@pytest.mark.parametrize(("column", "value"), GOOD)
def test_a_tolerated_way_of_writing_is_taken(column: str, value: str) -> None:
    assert errors_of({**LINE, column: value}) == []


def test_every_error_of_a_line_comes_at_once() -> None:
    assert {error.column for error in errors_of({**LINE, "siret": "1", "co_tenants": "x", "lease_start": ""})} == {
        "siret",
        "co_tenants",
        "lease_start",
    }


@pytest.mark.parametrize("absent", sorted(MANDATORY_COLUMNS))
def test_a_file_without_a_mandatory_column_is_refused_whole(absent: str) -> None:
    with pytest.raises(lines.FileRefusedError, match=absent):
        lines.header(";".join(name for name in COLUMNS if name != absent))


def test_people_with_one_name_only_and_a_house_of_99_holders_are_good_lines() -> None:
    assert errors_of({**PERSON, "first_name": "", "tenant_first_name": "", "co_tenants": "99"}) == []


def test_optional_columns_may_be_absent_and_unknown_ones_are_named() -> None:
    header = lines.header("\ufeff" + ";".join([*sorted(MANDATORY_COLUMNS), "Remarque "]) + "\r\n")
    assert header.unknown == ("remarque",)
    row, errors = lines.read([*[PERSON[name] for name in sorted(MANDATORY_COLUMNS)], "x"], header, 2)
    assert row is None
    assert {error.column for error in errors} == {"civility", "last_name"}


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(lines.FileRefusedError, match="siret"):
        lines.header(";".join([*COLUMNS, "siret"]))


def test_a_line_of_another_width_is_one_error() -> None:
    row, errors = lines.read(["359"], HEADER, 3)
    assert row is None
    assert [(error.line, error.column) for error in errors] == [(3, "")]


def test_a_stray_quote_spoils_its_own_line_only() -> None:
    assert lines.cut('a;"b;c"\r\n') == ["a", "b;c"]
    with pytest.raises(lines.UnreadableLineError):
        lines.cut('a;"b;c\n')


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_whatever_a_line_holds_it_is_read_or_told_never_a_crash(values: list[str]) -> None:
    row, errors = lines.read(values, HEADER, 2)
    assert (row is None) is bool(errors)


@pytest.mark.parametrize(
    ("code", "departement", "name"),
    [
        ("35238", "35", "Rennes"),
        ("2A004", "2A", "Ajaccio"),
        ("2B033", "2B", "Bastia"),
        ("97105", "971", "Basse-Terre"),
        ("97411", "974", "Saint-Denis"),
        ("75101", "75", "Paris 1er Arrondissement"),
    ],
)
def test_a_commune_gives_its_name_and_departement(code: str, departement: str, name: str) -> None:
    assert (communes.departement(code), communes.name(code)) == (departement, name)


def test_paris_lyon_and_marseille_stand_for_their_arrondissements() -> None:
    for city, parts in zones.ARRONDISSEMENTS.items():
        assert zones.covered(city) == (city, *parts)
        assert all(part in communes.names() for part in (city, *parts))
    assert zones.covered("35238") == ("35238",)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("35238", {"35238"}),
        (" 2a004 ", {"2A004"}),
        ("rennes", {"35238"}),
        ("St Malo", {"35288"}),
        ("L HAY LES ROSES", {"94038"}),
        ("Saint-Denis", {"11339", "30247", "93066", "97411"}),
        ("Saint-Denis (93)", {"93066"}),
        ("saint denis, 974", {"97411"}),
        ("Saint-Denis (35)", set()),
        # A postcode is no Insee code.
        ("35000", set()),
        ("", set()),
    ],
)
def test_a_commune_is_found_by_its_code_or_its_name(typed: str, codes: set[str]) -> None:
    assert set(communes.codes(typed)) == codes


def test_what_is_shown_of_a_commune_is_read_back_as_that_commune() -> None:
    assert [code for code in communes.names() if communes.codes(communes.label(code)) != (code,)] == []
    assert communes.label("35238") == "Rennes"
    assert communes.label("93066") == "Saint-Denis (93)"
    assert communes.label("00000") == "00000"
