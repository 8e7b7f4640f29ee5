"""A file of any number of lines, for load tests: a Caf's real file has 30,000 lines and 13,000 landlords."""

from collections.abc import Iterator

from launcher.demo.registry.draws import Draws
from launcher.demo.registry.landlords import company, person
from launcher.demo.registry.small import PLACES
from launcher.demo.registry.tenancies import Place, Row, tenancy

WITHOUT_EMAIL_PERCENT = 33
COMPANY_PERCENT = 20


def large_rows(
    lines: int, *, seed: int, caf_code: str = "359", year: int, per_landlord: int = 2, with_email: bool | None = None
) -> Iterator[Row]:
    """Generates lines one at a time; `with_email` for all or for none, by default for two landlords in three."""
    draws = Draws(seed, caf_code)
    landlord = company(draws, with_email=True)
    for line in range(lines):
        rank = line % per_landlord
        if rank == 0:
            reachable = not draws.chance(WITHOUT_EMAIL_PERCENT) if with_email is None else with_email
            make = company if per_landlord > 5 or draws.chance(COMPANY_PERCENT) else person
            landlord = make(draws, with_email=reachable)
        place = PLACES[line % len(PLACES)] if landlord.siret else Place("35", "private")
        yield tenancy(draws, landlord, place, f"G-{rank + 1:05d}", year, entered_late=line % 50 == 49)
