"""The tenancies of an invented registry, one line each."""

from dataclasses import dataclass
from datetime import date, timedelta

from launcher.demo.registry.draws import Draws
from launcher.demo.registry.landlords import Landlord

Row = dict[str, str]
# A conventioned dwelling gives entitlement to APL, a private one to ALF or ALS.
BENEFITS = {"conventioned": ("APL",), "private": ("ALF", "ALS")}


@dataclass(frozen=True, slots=True)
class Place:
    """The properties that decide which habilitation group covers a dwelling."""

    departement: str
    housing_type: str


def tenancy(draws: Draws, landlord: Landlord, place: Place, reference: str, year: int, *, entered_late: bool) -> Row:
    """One line. `entered_late`: the lease starts after July of `year`, so there is nothing to declare."""
    commune, tenant = draws.commune(place.departement), draws.person()
    furnished, benefit = draws.chance(15), draws.one(BENEFITS[place.housing_type])
    return {
        "caf_code": draws.caf_code,
        **landlord.columns(),
        "housing_type": place.housing_type,
        "dwelling_ref": reference,
        "dwelling_address": f"APPARTEMENT {draws.between(1, 60)}|{draws.street()}|{commune.postal} {commune.name}",
        "commune_insee": commune.insee,
        "furnished": str(int(furnished)),
        "single_room": str(int(furnished and draws.chance(20))),
        "tenant_number": draws.tenant_number(),
        "tenant_last_name": tenant.last_name,
        "tenant_first_name": tenant.first_name,
        "lease_start": _lease_start(draws, year, entered_late=entered_late).isoformat(),
        "lease_end": "",
        "co_tenants": str(draws.between(2, 4) if draws.chance(10) else 1),
        "previous_rent": f"{draws.between(280, 900)}.{draws.one(('00', '50', '30'))}",
        "previous_charges": f"{draws.between(15, 120)}.00",
        "benefit_kind": benefit,
        "benefit_amount": f"{draws.between(40, 320)}.00",
        "paid_to_landlord": str(int(place.housing_type == "conventioned")),
    }


def _lease_start(draws: Draws, year: int, *, entered_late: bool) -> date:
    if entered_late:
        return date(year, 8, 1) + timedelta(days=draws.between(0, 60))
    return date(year - draws.between(1, 10), 1, 1) + timedelta(days=draws.between(0, 364))
