"""`bailleurs export` and `bailleurs answers`: what the agents' pages do, for an operator."""

import csv
import io
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from chassis import clock, ids
from chassis.problems import Conflict
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from declaration.app import service
from declaration.models import DeclarationVersion, RentDeclaration
from declaration.registry import import_path
from launcher.demo.registry.faulty import faulty_file
from rich.console import Console
from sqlalchemy import select

from launcher import exchange, operations

REFERENCE = "R26-8K3M-W2QT-5YBN-0XCD"
SNAPSHOT = {
    "landlord": {"user_number": "35900007090001"},
    "dwelling": {"reference": "L-0001", "housing_type": "private"},
    "tenant": {"number": "1234567A"},
    "information": {
        "address": ["2 RUE GINA PANE"],
        "commune_insee": "35238",
        "furnished": False,
        "single_room": False,
        "lease_start": "2016-09-01",
    },
    "situation": {
        "present": True,
        "left_on": None,
        "new_address": None,
        "co_tenants": 1,
        "rent_up_to_date": True,
        "arrears_amount": None,
        "first_default_on": None,
    },
    "rent": {
        "rent": "512.30",
        "charges": "38.00",
        "total": "550.30",
        "share": "whole",
        "full_month": True,
        "furnished": False,
    },
    "confirmations": [],
    "corrected": [],
}


@pytest.fixture
def transmitted(harness: HarnessFactory, sqlite_url: str, tmp_path: Path) -> Harness:
    """One version that reached the Caf."""
    declaration = harness(service, sqlite_url)
    file, today = tmp_path / "registre.csv", clock.today()
    file.write_bytes(faulty_file(seed=7, year=today.year).content)
    import_path(declaration.runtime, file, "test", caf_code="359")
    far = today.replace(year=today.year + 1, day=1)
    operations.open_campaign(declaration.runtime, "359", today.year, far, far)
    with declaration.transaction() as session:
        row = session.execute(select(RentDeclaration).limit(1)).scalar_one()
        row.state = "transmitted"
        version = DeclarationVersion(
            id=ids.new_id(),
            declaration_id=row.id,
            version=1,
            state="transmitted",
            supersedes=None,
            reference=REFERENCE,
            sha256="0" * 64,
            snapshot=SNAPSHOT,
            transmitted_at=clock.now(),
            late=False,
            channel="web",
        )
        session.add(version)
    return declaration


def test_a_batch_is_made_and_its_archive_written(transmitted: Harness, tmp_path: Path) -> None:
    screen = StringIO()
    console = Console(file=screen, width=300)
    assert exchange.make_export(transmitted.runtime, "359", tmp_path / "lots", console) == 0
    [archive] = (tmp_path / "lots").glob("*.zip")
    with ZipFile(archive) as found:
        lines = found.read("declarations-359-000001.csv").decode()
    assert [row["reference"] for row in csv.DictReader(io.StringIO(lines), delimiter=";")] == [REFERENCE]
    assert "Lot 1 : 1 ligne(s)" in screen.getvalue()
    with pytest.raises(Conflict):
        exchange.make_export(transmitted.runtime, "359", tmp_path, console)


def test_answers_are_read_and_counted(transmitted: Harness, tmp_path: Path) -> None:
    file, screen = tmp_path / "reponses.csv", StringIO()
    console = Console(file=screen, width=300)
    file.write_text(f"reference;answer;reason_code;text\n{REFERENCE};integrated;;\nR26;integrated;;\n")
    assert exchange.import_answers(transmitted.runtime, "359", file, console) == 1
    assert "1 réponse(s) prises, 0 déjà connues, 1 à corriger." in screen.getvalue()
    file.write_text("reference\n")
    assert exchange.import_answers(transmitted.runtime, "359", file, console) == 2
