"""An invented registry file for benchmarks: as many landlords per line, and tenants per landlord, as a real Caf."""

from __future__ import annotations

from pathlib import Path

from declaration.domain import communes
from declaration.domain.registry.columns import COLUMNS
from stdnum.luhn import calc_check_digit

# France: 3 million tenancies of 1.3 million landlords.
TENANCIES_A_LANDLORD = (1, 2, 1, 3, 1, 1, 7, 2, 1, 4)
LAST_NAMES = ("MARTIN", "BERNARD", "THOMAS", "PETIT", "ROBERT", "RICHARD", "DURAND", "DUBOIS", "MOREAU", "LÉVÊQUE")
FIRST_NAMES = ("Zoé", "Adam", "Léa", "Noé", "Anne", "Louis", "Jeanne", "Paul")
STREETS = ("RUE GINA PANE", "PLACE DES LICES", "RUE DE FOUGERES", "BOULEVARD DE LA LIBERTE", "IMPASSE DE L’ÉCLUSE")


def write(path: Path, count: int, caf: str, tenancies: tuple[int, ...] = TENANCIES_A_LANDLORD) -> None:
    """Writes `count` valid lines, grouped by landlord; `tenancies`: of each landlord in turn."""
    codes = [code for code in communes.names() if code.startswith("35")]
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(COLUMNS) + "\n")
        line = landlord = 0
        while line < count:
            known = _landlord(landlord, caf)
            for _ in range(min(tenancies[landlord % len(tenancies)], count - line)):
                file.write(";".join({**known, **_tenancy(line, codes)}.get(name, "") for name in COLUMNS) + "\n")
                line += 1
            landlord += 1


def _landlord(number: int, caf: str) -> dict[str, str]:
    """One in ten is a company, with no more tenants than the others: the most expensive case."""
    common = {
        "caf_code": caf,
        "user_number": f"{caf}{number:011}",
        "email": f"bailleur{number}@lices.example" if number % 3 else "",
        "landlord_address": f"BAILLEUR {number}|{number % 90 + 1} {STREETS[number % 5]}|35000 RENNES",
    }
    if number % 10 == 0:
        siren = f"{number:08}"
        siren += calc_check_digit(siren)
        siret = f"{siren}0001"
        return {
            **common,
            "landlord_kind": "legal_person",
            "siret": siret + calc_check_digit(siret),
            "landlord_name": f"REGIE {number}",
        }
    return {
        **common,
        "landlord_kind": "natural_person",
        "civility": ("M.", "Mme")[number % 2],
        "last_name": f"{LAST_NAMES[number % 10]} {number % 997}",
        "first_name": FIRST_NAMES[number % 8],
    }


def _tenancy(number: int, codes: list[str]) -> dict[str, str]:
    return {
        "housing_type": ("private", "conventioned")[number % 2],
        "dwelling_ref": f"L-{number:07}",
        "dwelling_address": f"APPARTEMENT {number % 60}|{number % 120 + 1} {STREETS[number % 5]}|35000 RENNES",
        "commune_insee": codes[number % len(codes)],
        "furnished": str(number % 2),
        "single_room": "0",
        "tenant_number": f"{number:07}{'ABCDEFGH'[number % 8]}",
        "tenant_last_name": f"{LAST_NAMES[number % 7]} {number % 4999}",
        "tenant_first_name": FIRST_NAMES[number % 8],
        "lease_start": f"{2005 + number % 20}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "lease_end": "2026-03-31" if number % 20 == 0 else "",
        "co_tenants": "1",
        "previous_rent": f"{300 + number % 500}.{number % 100:02}",
        "previous_charges": f"{number % 90}.00",
        "benefit_kind": ("APL", "ALF", "ALS")[number % 3],
        "benefit_amount": f"{number % 300}.00",
        "paid_to_landlord": str(number % 2),
    }
