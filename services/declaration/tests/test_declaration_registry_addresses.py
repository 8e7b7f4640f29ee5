"""Addresses of the registry: what no postman reads is refused on its line; what cannot be printed is said there."""

from typing import Any

import pytest
from declaration.api_types.registry import RegistryImport
from declaration.domain.registry import printable
from declaration.registry import import_path
from declaration_cases import PERSON

HEADING = ("line", "column", "severity")


def imported(world: Any, *rows: dict[str, str]) -> tuple[RegistryImport, list[dict[str, Any]]]:
    """The report, and what is said of each line, in the order of the file."""
    done = import_path(world.harness.runtime, world.file(*rows), "agent", caf_code="359")
    return done, world.get(f"/registry-imports/{done['id']}/errors", world.agent()).json()["items"]


def landlord(number: int, address: str) -> dict[str, str]:
    return {
        **PERSON,
        "user_number": f"3590000709{number:04}",
        "tenant_number": f"{1_000_000 + number}A",
        "landlord_address": address,
    }


@pytest.mark.parametrize(
    "address",
    [
        "MME UNE|.|35000 RENNES",
        "MME X|12 RUE \N{SUNFLOWER}|35000 RENNES",
        "MME X|شارع|35000 RENNES",
        "MME X|12 RUE\u202eX",
    ],
)
@pytest.mark.parametrize("column", ["landlord_address", "dwelling_address"])
def test_a_line_that_no_postman_reads_is_refused(world: Any, column: str, address: str) -> None:
    done, said = imported(world, {**landlord(1, "1 RUE X|35000 RENNES"), column: address})
    assert (done["lines_good"], done["lines_bad"]) == (0, 1)
    assert [tuple(one[name] for name in HEADING) for one in said] == [(2, column, "error")]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("MME UNE|<12 RUE X>|35000 RENNES", ["MME UNE", "12 RUE X", "35000 RENNES"]),
        ("MME UNE|, 12 RUE X|35000 RENNES", ["MME UNE", "12 RUE X", "35000 RENNES"]),
        ("MME X||35000 RENNES", ["MME X", "35000 RENNES"]),
    ],
)
def test_stray_signs_and_empty_lines_are_dropped(world: Any, address: str, kept: list[str]) -> None:
    _, said = imported(world, landlord(1, address))
    assert said == []
    assert [row["address"] for row in world.harness.rows("landlord")] == [kept]


def test_what_cannot_be_printed_is_said_on_its_line_once_a_landlord_and_goes_in(world: Any) -> None:
    rows = [
        landlord(1, "RENNES"),
        {**landlord(1, "RENNES"), "tenant_number": "2000001A", "dwelling_ref": "L-0002"},
        landlord(2, "MME X|LIEU DIT LE BOURG|RENNES"),
        landlord(3, "MR SMITH|12 HIGH STREET|LONDON SW1A 1AA|ROYAUME UNI"),
        landlord(4, "MAELYS L HERITIER NOEL|CHEZ MME DURAND|RES LES LILAS|12 RUE DE LA POSTE|BP 12|35000 RENNES"),
        landlord(5, "12 PLACE DES LICES|35000 RENNES"),
    ]
    done, said = imported(world, *rows)
    assert (done["lines_good"], done["lines_bad"], done["lines_merged"]) == (6, 0, 6)
    assert [tuple(one[name] for name in HEADING) for one in said] == [
        (2, "landlord_address", "warning"),
        (4, "landlord_address", "warning"),
    ]
    assert "prise en compte" in said[1]["message"]
    assert "35000 RENNES" in said[1]["message"]


@pytest.mark.parametrize(
    ("address", "name", "looked_at"),
    [
        ('["MME X", "1 RUE X", "35000 RENNES"]', "N" * 90, False),
        ('["1 RUE X", "35000 RENNES"]', "REGIE DES LICES", False),
        ('["1 RUE X", "35000 RENNES"]', "N" * 39, True),
        ('["35000 RENNES"]', "REGIE", True),
        ('["1 RUE X", "RENNES"]', "REGIE", True),
        ('["1 RUE X", "1000 BRUXELLES", "BELGIQUE"]', "REGIE", True),
        (r'["1 RUE \\X", "35000 RENNES"]', "REGIE", True),
    ],
)
def test_an_address_is_looked_at_unless_it_is_surely_printable(address: str, name: str, looked_at: bool) -> None:
    columns = {"landlord_address": [address], "landlord_name": [name]}
    nobody = {part: [None] for part in ("civility", "first_name", "last_name")}
    assert bool(printable.doubtful({**columns, **nobody})) is looked_at


def test_an_accented_mailbox_goes_in_with_a_warning_once_a_landlord(world: Any) -> None:
    rows = [{"email": "rené@lices.example"}, {"email": "rené@lices.example", "dwelling_ref": "L-2"}]
    other = {"user_number": "35900000000002", "siret": "44306184100047", "landlord_name": "AUTRE"}
    found, said = world.hand_over(*rows, {**other, "dwelling_ref": "L-3", "email": "contact@hôtel.example"})
    assert found["status"] == "done"
    assert said == [(2, "email")]
    assert len(world.harness.rows("tenancy")) == 3
