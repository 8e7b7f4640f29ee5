"""Steps and known facts that the tests vary."""

from datetime import date
from decimal import Decimal
from typing import Any

from declaration.domain import journey
from declaration.domain.draft import Draft, Known
from declaration.domain.steps import Context

YEAR = 2026
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
