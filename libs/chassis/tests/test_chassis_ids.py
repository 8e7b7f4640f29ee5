import re
import time
from uuid import UUID

import pytest
from chassis import ids


def test_a_new_id_is_a_uuid_version_7_and_never_the_same() -> None:
    made = [ids.new_id() for _ in range(1000)]
    assert {one.version for one in made} == {7}
    assert len(set(made)) == 1000


def test_ids_made_later_sort_after_earlier_ones() -> None:
    first = ids.new_id()
    time.sleep(0.002)
    assert ids.new_id() > first


def test_a_siret_gives_the_same_organisation_in_every_process() -> None:
    # Written down: a change would part the organisations that services already know.
    assert ids.organisation_id(siret="73282932000074") == UUID("76e49ec7-9afa-52cf-bb21-4ac465169874")


def test_a_user_number_and_a_siret_with_the_same_digits_are_two_organisations() -> None:
    digits = "35900007090001"
    assert ids.organisation_id(siret=digits) != ids.organisation_id(user_number=digits)


def test_a_legal_person_is_known_by_its_siret_whatever_its_user_numbers() -> None:
    with_both = ids.organisation_id(siret="73282932000074", user_number="35900007090001")
    assert with_both == ids.organisation_id(siret="73282932000074")


@pytest.mark.parametrize("given", [{}, {"siret": ""}, {"siret": None, "user_number": ""}])
def test_an_organisation_without_siret_nor_user_number_is_refused(given: dict[str, str | None]) -> None:
    with pytest.raises(ValueError, match="SIRET"):
        ids.organisation_id(**given)


def test_a_reference_has_eighty_random_bits_in_an_unambiguous_alphabet() -> None:
    reference = ids.random_reference("R26")
    assert re.fullmatch(r"R26(-[0-9A-HJKMNP-TV-Z]{4}){4}", reference)
    assert len({ids.random_reference("R26") for _ in range(2000)}) == 2000


def test_the_alphabet_has_32_signs_and_none_that_is_taken_for_another() -> None:
    assert len(set(ids.CROCKFORD)) == 32
    assert not set("ILOU") & set(ids.CROCKFORD)
