"""The invented registry: reproducible, valid in the eyes of the service that reads it, wrong only where it says so."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from declaration.domain import communes
from declaration.domain.registry import lines as reader
from launcher.demo import registry
from launcher.demo.registry.names import COMMUNES
from launcher.demo.registry.years import last_july

YEAR = 2026


def read_all(content: str) -> tuple[list[dict[str, object]], list[tuple[int, str]], reader.Header]:
    """Good lines, (line, column) of the errors, header: as the service reads the file."""
    first, *others = content.splitlines()
    header, good, bad = reader.header(first), [], []
    for number, text in enumerate(others, start=2):
        try:
            row, errors = reader.read(reader.cut(text), header, number)
        except reader.UnreadableLineError as error:
            row, errors = None, [reader.unreadable(number, str(error))]
        if row is not None and row["caf_code"] != "359":
            row, errors = None, [reader.foreign_caf(number)]
        good += [row] if row else []
        bad += [(error.line, error.column) for error in errors]
    return good, bad, header


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_numbers() -> None:
    first, again, other = (registry.demonstration(seed=seed, year=YEAR) for seed in (1, 1, 2))
    assert first.csv == again.csv
    numbers = [{row["user_number"] for row in one.rows} | {row["siret"] for row in one.rows} for one in (first, other)]
    assert numbers[0] & numbers[1] == {""}


@pytest.mark.parametrize("seed", range(5))
def test_the_service_reads_every_line_of_the_demonstration(seed: int) -> None:
    good, bad, header = read_all(registry.demonstration(seed=seed, year=YEAR).csv)
    assert (len(good), bad, header.unknown) == (304, [], ())


def test_the_agency_holds_both_types_in_three_departements_and_the_others_get_letters_or_mails() -> None:
    made = registry.demonstration(seed=7, year=YEAR)
    agency = [row for row in made.rows if row["user_number"] == made.agency.user_number]
    assert len(agency) == 300
    places = {(row["commune_insee"][:2], row["housing_type"]) for row in agency}
    assert places == set(itertools.product(("35", "22", "56"), ("conventioned", "private")))
    assert [(one.kind, bool(one.email)) for one in made.landlords] == [
        ("legal_person", True),
        ("natural_person", True),
        ("natural_person", False),
        ("legal_person", False),
    ]
    assert all(len(one.user_number) == 14 and one.user_number.startswith("359") for one in made.landlords)
    counts = [sum(row["user_number"] == one.user_number for row in made.rows) for one in made.landlords]
    assert counts == [300, 2, 1, 1]


def test_what_started_after_july_is_not_to_declare() -> None:
    made = registry.demonstration(seed=7, year=YEAR)
    assert made.to_declare == 304 - 12


def test_no_address_or_mail_of_the_file_can_reach_anybody() -> None:
    made = registry.demonstration(seed=3, year=YEAR)
    assert all(row["email"].endswith(".example") or not row["email"] for row in made.rows)


def test_the_communes_are_those_of_the_official_list() -> None:
    known = communes.names()
    for departement, places in COMMUNES.items():
        assert all(place.insee in known and place.insee.startswith(departement) for place in places)


def test_a_large_file_has_its_lines_all_good_and_all_different(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "large.csv"
    registry.write(target, registry.large_rows(2_000, seed=1, year=YEAR))
    good, bad, _header = read_all(target.read_text())
    assert (len(good), bad) == (2_000, [])
    assert len({row["tenant_number"] for row in good}) == 2_000
    assert len({(row["user_number"], row["dwelling_ref"]) for row in good}) == 2_000
    assert len({row["user_number"] for row in good}) == 1_000
    without = {row["user_number"] for row in good if not row["email"]}
    assert 250 < len(without) < 420


def test_large_files_are_made_line_by_line() -> None:
    endless = registry.large_rows(10**9, seed=1, year=YEAR, per_landlord=1_000, with_email=True)
    assert len({row["siret"] for row in itertools.islice(endless, 2_500)}) == 3


def test_a_faulty_file_is_wrong_exactly_where_it_says() -> None:
    made = registry.faulty_file(seed=1, year=YEAR)
    good, bad, header = read_all(made.content.decode())
    assert len(good) == made.good_lines
    assert tuple(bad) == made.errors
    assert header.unknown == made.unknown_columns


def test_every_column_of_the_file_has_a_fault_or_takes_anything() -> None:
    made = registry.faulty_file(seed=1, year=YEAR)
    assert {column for _line, column in made.errors} == {"", *registry.COLUMNS}


@pytest.mark.parametrize(("today", "year"), [((2026, 6, 30), 2025), ((2026, 7, 1), 2026), ((2026, 12, 31), 2026)])
def test_the_campaign_is_that_of_the_last_july(today: tuple[int, int, int], year: int) -> None:
    assert last_july(date(*today)) == year
