"""Steps and known facts that the tests vary."""

from datetime import date
from decimal import Decimal
from typing import Any

from declaration.domain import journey
from declaration.domain.draft import Draft, Known
from declaration.domain.steps import Context

YEAR = 2026
SIRET = "73282932000074"
LINE = {
    "caf_code": "359",
    "user_number": "35900007090001",
    "landlord_kind": "legal_person",
    "siret": SIRET,
    "landlord_name": "REGIE DES LICES",
    "email": "gestion@lices.example",
    "landlord_address": "REGIE DES LICES|12 PLACE DES LICES|35000 RENNES",
    "housing_type": "private",
    "dwelling_ref": "L-0001",
    "dwelling_address": "APPARTEMENT 4|2 RUE GINA PANE|35000 RENNES",
    "commune_insee": "35238",
    "furnished": "0",
    "single_room": "0",
    "tenant_number": "1234567A",
    "tenant_last_name": "DEUJOURS",
    "tenant_first_name": "Adam",
    "lease_start": "2016-09-01",
    "co_tenants": "1",
    "previous_rent": "412.50",
    "previous_charges": "38.00",
    "benefit_kind": "ALS",
    "benefit_amount": "162.00",
    "paid_to_landlord": "0",
}
PERSON = {
    **LINE,
    "user_number": "35900007090002",
    "landlord_kind": "natural_person",
    "siret": "",
    "landlord_name": "",
    "email": "",
    "civility": "Mme",
    "last_name": "MARTIN",
    "first_name": "Zoé",
    "landlord_address": "MME ZOE MARTIN|1 RUE DE FOUGERES|35000 RENNES",
}
CONTEXT = Context(year=YEAR, today=date(2026, 9, 2))
KNOWN = Known(
    address=("APPARTEMENT 4", "2 RUE GINA PANE", "35000 RENNES"),
    commune_insee="35238",
    furnished=False,
    single_room=False,
    lease_start=date(2016, 9, 1),
    lease_end=None,
    co_tenants=1,
    previous_rent=Decimal("412.50"),
    previous_charges=Decimal("38.00"),
    benefit_kind="ALS",
    benefit_amount=Decimal("162.00"),
    paid_to_landlord=False,
)
INFORMATION: dict[str, Any] = {
    "address": ["APPARTEMENT 4", "2 RUE GINA PANE", "35000 RENNES"],
    "commune_insee": "35238",
    "furnished": False,
    "single_room": False,
    "lease_start": "2016-09-01",
    "confirmed": True,
}
SITUATION: dict[str, Any] = {"present": True, "co_tenants": 1, "rent_up_to_date": True}
RENT: dict[str, Any] = {
    "rent": "415,00",
    "charges": "38",
    "share": "whole",
    "full_month": True,
    "furnished": False,
}
GONE: dict[str, Any] = {**SITUATION, "present": False, "left_on": "2026-08-15"}
OWING: dict[str, Any] = {
    **SITUATION,
    "rent_up_to_date": False,
    "arrears_amount": "650,00",
    "first_default_on": "2026-05-05",
}


def saved(known: Known = KNOWN, **changes: Any) -> Draft:
    """The draft after one save of all three steps, with the given steps in place of the plain ones."""
    change = {"information": INFORMATION, "situation": SITUATION, "rent": RENT, **changes}
    return journey.save(Draft(), change, known, CONTEXT)
