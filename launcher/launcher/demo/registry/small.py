"""The registry of a demonstration: an agency, and one landlord of every kind that the journey needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from chassis import clock

from launcher.demo.registry.draws import Draws
from launcher.demo.registry.file import encode
from launcher.demo.registry.landlords import Landlord, company, person
from launcher.demo.registry.tenancies import Place, Row, tenancy
from launcher.demo.registry.years import last_july

AGENCY_TENANCIES = 300
PLACES = tuple(Place(zone, kind) for zone in ("35", "22", "56") for kind in ("conventioned", "private"))
# One tenancy of the agency in this many starts after July: nothing to declare.
ENTERED_LATE_EVERY = 25


@dataclass(frozen=True, slots=True)
class Registry:
    """`agency` and `owner` receive e-mails, `neighbour` and `cooperative` letters."""

    caf_code: str
    year: int
    agency: Landlord
    owner: Landlord
    neighbour: Landlord
    cooperative: Landlord
    rows: tuple[Row, ...]

    @property
    def landlords(self) -> tuple[Landlord, ...]:
        return self.agency, self.owner, self.neighbour, self.cooperative

    @property
    def people(self) -> tuple[tuple[str, str], ...]:
        """What each person is, and the e-mail address that receives their credentials."""
        return ("Bailleur personne morale", self.agency.email), ("Bailleur personne physique", self.owner.email)

    @property
    def to_declare(self) -> int:
        """How many tenancies existed in July."""
        return sum(self._existed(row) for row in self.rows)

    def rows_of(self, landlord: Landlord) -> list[Row]:
        return [row for row in self.rows if row["user_number"] == landlord.user_number]

    def due_from(self, landlord: Landlord) -> int:
        """How many of that landlord's tenancies existed in July."""
        return sum(self._existed(row) for row in self.rows_of(landlord))

    def _existed(self, row: Row) -> bool:
        return row["lease_start"] < f"{self.year}-08-01"

    @property
    def csv(self) -> str:
        return encode(self.rows).decode()


def demonstration(
    *, seed: int = 1, caf_code: str = "359", year: int | None = None, tenancies: int = AGENCY_TENANCIES
) -> Registry:
    """`tenancies`: of the agency, over three départements and both housing types; the three other landlords have four.

    `year` defaults to that of the last July.
    """
    year = year or last_july(clock.today())
    draws = Draws(seed, caf_code)
    agency, cooperative = company(draws, with_email=True), company(draws, with_email=False)
    owner, neighbour = person(draws, with_email=True), person(draws, with_email=False)
    rows = [*_agency_rows(draws, agency, year, tenancies)]
    for landlord, count in ((owner, 2), (neighbour, 1), (cooperative, 1)):
        for rank in range(1, count + 1):
            place = Place("35", "private")
            rows.append(tenancy(draws, landlord, place, f"B-{rank:04d}", year, entered_late=False))
    return Registry(caf_code, year, agency, owner, neighbour, cooperative, tuple(rows))


def _agency_rows(draws: Draws, agency: Landlord, year: int, count: int) -> Iterator[Row]:
    for rank in range(1, count + 1):
        place, late = PLACES[rank % len(PLACES)], rank % ENTERED_LATE_EVERY == 0
        yield tenancy(draws, agency, place, f"L-{rank:04d}", year, entered_late=late)
