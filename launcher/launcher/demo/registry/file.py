"""The file itself: UTF-8, `;` between columns, one line per tenancy."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from launcher.demo.registry.tenancies import Row

COLUMNS = (
    *("caf_code", "user_number", "landlord_kind", "siret", "landlord_name", "civility", "last_name", "first_name"),
    *("email", "landlord_address", "housing_type", "dwelling_ref", "dwelling_address", "commune_insee", "furnished"),
    *("single_room", "tenant_number", "tenant_last_name", "tenant_first_name", "lease_start", "lease_end"),
    *("co_tenants", "previous_rent", "previous_charges", "benefit_kind", "benefit_amount", "paid_to_landlord"),
)


def encode(rows: Iterable[Row]) -> bytes:
    """The whole file."""
    text = io.StringIO()
    _write(text, rows)
    return text.getvalue().encode()


def write(path: Path, rows: Iterable[Row]) -> None:
    """Line by line, so that memory stays constant; creates the folder if missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        _write(file, rows)


def _write(file: IO[str], rows: Iterable[Row]) -> None:
    writer = csv.DictWriter(file, COLUMNS, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
